import { isDataCategory, mostSensitive, type DataCategory } from "#server/domain/data-category.ts";
import type { SchemaDefinition, SchemaFormat } from "#server/domain/schema-definition.ts";
import { schemaDefinition } from "#server/domain/schema-definition-schema.ts";
import type { BoundSchema, FieldType, ProfileField } from "#server/pipeline/profile.ts";
import type { Stage } from "#server/pipeline/stage.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { decodeSenmlCbor, decodeSenmlJson } from "#server/schema/decode-senml.ts";
import { decodeSparkplug } from "#server/schema/decode-sparkplug.ts";
import { compileProcessing } from "#server/schema/processing.ts";
import { isObject } from "#server/schema/is-object.ts";

/** A schema version as it is kept. */
export type SchemaVersionRow = {
  readonly schemaId: number;
  readonly schemaName: string;
  readonly schemaVersion: number;
  readonly format: SchemaFormat;
  /** JSON Schema, or null. */
  readonly jsonSchema: unknown;
  /** SchemaDefinition; null for versions that are nothing but their JSON Schema. */
  readonly definition: unknown;
  /** Of the profile that takes any flat object. */
  readonly open: boolean;
  readonly fields: readonly {
    readonly name: string;
    readonly position: number;
    readonly type: string;
    readonly category: string;
  }[];
};

type Compiled = Pick<BoundSchema, "check" | "decode" | "process">;

/** What a version says, also where it was kept before versions had definitions. */
export function definitionOf({
  format,
  jsonSchema,
  definition,
}: Pick<SchemaVersionRow, "format" | "jsonSchema" | "definition">): SchemaDefinition {
  if (definition !== null && definition !== undefined) return schemaDefinition.parse(definition);
  return {
    format,
    jsonSchema: isObject(jsonSchema) ? { ...jsonSchema } : null,
    protobuf: null,
    processing: [],
    dropWhen: "",
    examples: [],
  };
}

/**
 * Makes a schema version ready for messages. One that cannot be used refuses its own messages, in
 * words; it must not hold up everybody's.
 */
export function prepareSchema(row: SchemaVersionRow): BoundSchema {
  const { schemaId, schemaName, schemaVersion, format, open } = row;
  return {
    schemaId,
    schemaName,
    schemaVersion,
    format,
    open,
    fields: fieldsByName(row.fields),
    category: mostSensitive([
      ...row.fields.map(({ category }) => category).filter(isDataCategory),
      ...categoriesIn(row.jsonSchema),
    ]),
    ...(open ? takesAnything : compileOrRefuse(row)),
  };
}

const takesAnything: Compiled = { check: undefined, decode: undefined, process: undefined };

function compileOrRefuse(row: SchemaVersionRow): Compiled {
  try {
    return compileDefinition(definitionOf(row));
  } catch {
    const message = "cannot be checked: the schema version cannot be used. Publish a corrected one";
    return { ...takesAnything, check: () => ({ ok: false, path: "", kind: "unusable", message }) };
  }
}

/** @throws SchemaUnusable */
function compileDefinition(definition: SchemaDefinition): Compiled {
  const { jsonSchema, processing, dropWhen } = definition;
  return {
    check: jsonSchema === null ? undefined : compileSchema(jsonSchema).validate,
    decode: decoderOf(definition),
    process: compileProcessing(processing, dropWhen),
  };
}

function decoderOf({ format, protobuf }: SchemaDefinition): BoundSchema["decode"] {
  switch (format) {
    case "json":
      return undefined;
    case "protobuf":
      return protobuf === null ? undefined : compileProtobuf(protobuf).decode;
    case "senml":
      return decodeSenml;
    case "sparkplug":
      return decodeSparkplug;
  }
}

/** A pack is an array: the first byte of one in CBOR is none that JSON begins with. */
function decodeSenml(payload: Buffer, receivedAt?: number): Stage<unknown> {
  const first = payload[0] ?? 0;
  return first >= 0x80
    ? decodeSenmlCbor(payload, receivedAt)
    : decodeSenmlJson(payload, receivedAt);
}

/** Categories that a JSON Schema names anywhere: what is nested is no stored field, and still personal. */
function categoriesIn(jsonSchema: unknown): readonly DataCategory[] {
  const found = new Set<DataCategory>();
  const waiting: unknown[] = [jsonSchema];
  while (waiting.length > 0) {
    const part = waiting.pop();
    if (typeof part !== "object" || part === null) continue;
    const category: unknown = Reflect.get(part, "category");
    if (isDataCategory(category)) found.add(category);
    for (const inner of Object.values(part)) if (typeof inner === "object") waiting.push(inner);
  }
  return [...found];
}

/** Fields by name, as the pipeline looks them up. */
export function fieldsByName(
  fields: readonly { readonly name: string; readonly position: number; readonly type: string }[],
): ReadonlyMap<string, ProfileField> {
  return new Map(
    fields.map(({ name, position, type }) => [name, { position, type: fieldType(type) }]),
  );
}

function fieldType(type: string): FieldType {
  return type === "boolean" || type === "string" ? type : "number";
}
