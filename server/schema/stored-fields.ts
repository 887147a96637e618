import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { processedFields } from "#server/schema/schema-fields.ts";

/**
 * The JSON Schema that describes a definition's values: its own, or what its message type says.
 * @returns null where values may be anything that the decoder lets through
 * @throws SchemaUnusable for a .proto file that cannot be read
 */
export function effectiveJsonSchema({
  jsonSchema,
  format,
  protobuf,
}: SchemaDefinition): Readonly<Record<string, unknown>> | null {
  if (jsonSchema !== null) return jsonSchema;
  return format === "protobuf" && protobuf !== null ? compileProtobuf(protobuf).jsonSchema : null;
}

/**
 * The fields of a definition's readings as they are stored, after its processing.
 * @throws SchemaUnusable
 */
export function storedFields(definition: SchemaDefinition): ReturnType<typeof processedFields> {
  return processedFields(effectiveJsonSchema(definition), definition.processing);
}
