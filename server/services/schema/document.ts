import type { FieldType } from "#server/pipeline/profile.ts";
import { deviceSnippets } from "#server/schema/device-snippets.ts";
import { definitionOf } from "#server/schema/prepare-schema.ts";
import { effectiveJsonSchema } from "#server/schema/stored-fields.ts";
import { defineQuery } from "#server/services/query.ts";
import { findVersion, toFieldView } from "#server/services/schema/internal.ts";
import { schemaDocumentSchema } from "#server/services/schema/schemas.ts";
import type { SchemaDocument, SchemaFieldView } from "#server/services/schema/view.ts";

/**
 * What the author of a device's program needs of a version: its fields, and programs that send one
 * message of it.
 * @throws ServiceError not_found
 */
export const schemaDocument = defineQuery({
  name: "schema.document",
  can: "schema.view",
  input: schemaDocumentSchema,
  run: async ({ ctx, tx, input }): Promise<SchemaDocument> => {
    const row = await findVersion(tx, ctx, input);
    const { format } = row.schema;
    const fields = row.fields.map(toFieldView);
    const snippets = deviceSnippets({
      schemaName: row.name,
      schemaVersion: row.version,
      format,
      jsonSchema: effectiveJsonSchema(definitionOf({ ...row, format })),
      fields: fields.map(({ name, type }) => ({ name, type: fieldType(type) })),
      deviceId: input.deviceId ?? "my-device",
      host: input.endpoint?.host ?? "quayside.example.com",
      port: input.endpoint?.tlsPort ?? 8883,
      stream: input.stream,
    });
    return { name: row.name, version: row.version, fields, snippets };
  },
});

function fieldType(type: SchemaFieldView["type"]): FieldType {
  return type === "boolean" || type === "string" ? type : "number";
}
