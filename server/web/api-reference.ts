import { apiRoutes } from "#server/web/api/routes.ts";
import { buildOpenApi } from "#server/web/openapi.ts";

/** One thing that an operation is told. */
export type ApiField = {
  readonly name: string;
  readonly place: "path" | "query" | "body";
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
};

export type ApiOperation = {
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly fields: readonly ApiField[];
};

type Schema = {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};

type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly {
    readonly in: "path" | "query";
    readonly name: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
};

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The REST API for people, read from the same OpenAPI document that machines get. */
export function apiReference(): readonly ApiOperation[] {
  const { paths } = buildOpenApi(apiRoutes) as { readonly paths: Paths };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      tag: operation.tags[0] ?? "",
      method: method.toUpperCase(),
      path: `/api/v1${path}`,
      summary: operation.summary,
      fields: fieldsOf(operation),
    })),
  );
}

function fieldsOf({ parameters, requestBody }: Operation): readonly ApiField[] {
  const body = requestBody?.content["application/json"]?.schema;
  const required = new Set(body?.required);
  return [
    ...parameters.map(({ in: place, name, required: needed, schema }) =>
      field(place, name, needed, schema),
    ),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) =>
      field("body", name, required.has(name), schema),
    ),
  ];
}

function field(
  place: ApiField["place"],
  name: string,
  required: boolean,
  schema: Schema,
): ApiField {
  return { place, name, required, type: typeName(schema), description: schema.description ?? "" };
}

/** A schema in a few words: `string (uuid)`, `a | b`, `number[]`. */
function typeName(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(" | ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeName))].join(" | ");
  if (schema.type === "array") return `${typeName(schema.items ?? {})}[]`;
  return schema.format === undefined ? (schema.type ?? "any") : `${schema.type} (${schema.format})`;
}
