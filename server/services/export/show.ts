import { findExport } from "#server/services/export/internal.ts";
import { exportRefSchema } from "#server/services/export/schemas.ts";
import { viewOfExport } from "#server/services/export/to-view.ts";
import type { ExportView } from "#server/services/export/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** One export and how far it is. */
export const showExport = defineQuery({
  name: "export.show",
  can: "fleet.view",
  input: exportRefSchema,
  run: async ({ ctx, tx, input }): Promise<ExportView> =>
    viewOfExport(await findExport(tx, ctx, input.exportId), ctx.now()),
});
