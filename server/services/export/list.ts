import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import { listExportsSchema } from "#server/services/export/schemas.ts";
import { viewOfExport } from "#server/services/export/to-view.ts";
import type { ExportList } from "#server/services/export/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Exports of the organisation, the newest first. */
export const listExports = defineQuery({
  name: "export.list",
  can: "fleet.view",
  input: listExportsSchema,
  run: async ({ ctx, tx, input }): Promise<ExportList> => {
    const { cursor, limit } = input;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await tx.exportJob.findMany({
      where: {
        tenantId: ctx.tenantId,
        ...(after !== undefined && {
          OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return {
      exports: page.map((row) => viewOfExport(row, ctx.now())),
      next: isMore ? encodeCursor({ at: last.createdAt, id: last.id }) : null,
    };
  },
});
