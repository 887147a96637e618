import { definitionOf } from "#server/schema/prepare-schema.ts";
import { defineQuery } from "#server/services/query.ts";
import { readCompatibility } from "#server/services/schema/compare.ts";
import { findVersion, toFieldView, toVersionSummary } from "#server/services/schema/internal.ts";
import { schemaVersionTarget } from "#server/services/schema/schemas.ts";
import type { SchemaVersionView } from "#server/services/schema/view.ts";

/**
 * A published version: its definition, its fields as they are stored, and how it stands to the
 * version before it.
 * @throws ServiceError not_found
 */
export const showSchemaVersion = defineQuery({
  name: "schema.showVersion",
  can: "schema.view",
  input: schemaVersionTarget,
  run: async ({ ctx, tx, input }): Promise<SchemaVersionView> => {
    const row = await findVersion(tx, ctx, input);
    const { format } = row.schema;
    return {
      ...toVersionSummary(row, row.fields.length),
      name: row.name,
      format,
      definition: definitionOf({ ...row, format }),
      fields: row.fields.map(toFieldView),
      compatibility: readCompatibility(row.compatibility),
    };
  },
});
