import { readSchemas } from "#server/db/list-schemas.ts";
import { defineQuery } from "#server/services/query.ts";
import { listSchemasSchema } from "#server/services/schema/schemas.ts";
import type { SchemaSummary } from "#server/services/schema/view.ts";

const most = 500;

/** The tenant's schemas by name, at most 500, those whose name contains `q`. */
export const listSchemas = defineQuery({
  name: "schema.list",
  can: "schema.view",
  input: listSchemasSchema,
  run: async ({ ctx, tx, input }): Promise<{ readonly schemas: readonly SchemaSummary[] }> => {
    const text = input.q.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`);
    const rows = await readSchemas(tx, { tenantId: ctx.tenantId, like: `%${text}%`, most });
    return {
      schemas: rows.map((row) => ({
        ...row,
        draftUpdatedAt: row.draftUpdatedAt?.toISOString() ?? null,
      })),
    };
  },
});
