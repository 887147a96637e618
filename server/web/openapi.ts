import { z } from "zod";
import type { AnyApiRoute } from "#server/web/api/describe.ts";

type JsonSchema = { readonly [key: string]: unknown };
type Properties = Readonly<Record<string, JsonSchema>>;

/** The document's version: of the API, not of the product. */
const version = "1.0.0";

/** An OpenAPI 3.1 document of the routes. @see https://spec.openapis.org/oas/v3.1.1 */
export function buildOpenApi(routes: readonly AnyApiRoute[]): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Quayside",
      version,
      description:
        "What the console can do. Errors are RFC 9457 problem documents. Send an API token as Authorization: Bearer qs_….",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: schemaOf(problem, "output") },
      responses: {
        Problem: {
          description: "What could not be done, and what to do next",
          content: {
            "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
          },
        },
      },
    },
  };
}

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  remedy: z.string().nullable(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })),
  requestId: z.string(),
});

const bodyMethods = new Set<AnyApiRoute["method"]>(["post", "put", "patch"]);

function operationOf(route: AnyApiRoute): JsonSchema {
  const schema = schemaOf(route.request, "input");
  const properties = (schema["properties"] ?? {}) as Properties;
  const required = new Set((schema["required"] ?? []) as readonly string[]);
  const inPath = Array.from(route.path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const hasBody = bodyMethods.has(route.method) && others.length > 0;
  const inQuery = hasBody ? [] : others;
  return {
    operationId: operationIdOf(route),
    tags: [route.tag],
    summary: route.summary,
    parameters: [
      ...inPath.map((name) => parameter("path", name, properties, true)),
      ...inQuery.map((name) => parameter("query", name, properties, required.has(name))),
    ],
    ...(hasBody ? { requestBody: bodyOf(route, others, { properties, required }) } : {}),
    responses: {
      ...successOf(route),
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}

function operationIdOf({ method, path }: AnyApiRoute): string {
  const words = path.split(/[/{}]+/).filter((word) => word !== "");
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))]
    .join("")
    .replace(/\W/g, "");
}

function parameter(
  place: "path" | "query",
  name: string,
  properties: Properties,
  required: boolean,
): JsonSchema {
  return { in: place, name, required, schema: properties[name] ?? { type: "string" } };
}

function bodyOf(
  { media }: AnyApiRoute,
  names: readonly string[],
  of: { readonly properties: Properties; readonly required: ReadonlySet<string> },
): JsonSchema {
  if (media?.body !== undefined) {
    return { required: true, content: { [media.body]: { schema: { type: "string" } } } };
  }
  const schema = {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, of.properties[name] ?? {}])),
    required: names.filter((name) => of.required.has(name)),
  };
  return { required: true, content: { "application/json": { schema } } };
}

function successOf({ status = 200, response, media }: AnyApiRoute): JsonSchema {
  if (response === undefined || status === 204) return { 204: { description: "Done" } };
  const type = media?.answer ?? "application/json";
  const content = { [type]: { schema: schemaOf(response, "output") } };
  return { [status]: { description: "Done", content } };
}

/** Draft 2020-12, which is what OpenAPI 3.1 uses. Instants are texts on the wire. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type !== "date") return;
      jsonSchema.type = "string";
      jsonSchema.format = "date-time";
    },
  });
  return plain;
}
