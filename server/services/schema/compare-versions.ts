import { definitionOf } from "#server/schema/prepare-schema.ts";
import { defineQuery } from "#server/services/query.ts";
import { compareDefinitions, toCompatibilityView } from "#server/services/schema/compare.ts";
import { findVersion } from "#server/services/schema/internal.ts";
import { compareVersionsSchema } from "#server/services/schema/schemas.ts";
import type { CompatibilityView } from "#server/services/schema/view.ts";

/**
 * How one published version of a schema stands to another.
 * @throws ServiceError not_found
 */
export const compareVersions = defineQuery({
  name: "schema.compareVersions",
  can: "schema.view",
  input: compareVersionsSchema,
  run: async ({ ctx, tx, input }): Promise<CompatibilityView> => {
    const { name, from, to } = input;
    const older = await findVersion(tx, ctx, { name, version: from });
    const newer = await findVersion(tx, ctx, { name, version: to });
    const { format } = older.schema;
    const changes = compareDefinitions(
      definitionOf({ ...older, format }),
      definitionOf({ ...newer, format }),
    );
    return toCompatibilityView(from, changes);
  },
});
