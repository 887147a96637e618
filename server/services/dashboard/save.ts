import type { Dashboard } from "#server/db/generated/client.ts";
import { dashboardDifference } from "#server/domain/dashboard-difference.ts";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import { actorName, type Context } from "#server/services/context.ts";
import type { Tx } from "#server/db/client.ts";
import {
  contentOf,
  dashboardTarget,
  findForChange,
  jsonOf,
  keepVersion,
  requireRevision,
  viewOf,
} from "#server/services/dashboard/internal.ts";
import { saveDashboardSchema } from "#server/services/dashboard/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Sentences of the difference that the audit trail keeps. */
const mostChangesInAudit = 50;

/**
 * Changes a dashboard and keeps it as its newest version. What is left out stays.
 * @throws ServiceError not_found, forbidden (shared for looking only), conflict (changed since it was read)
 */
export const saveDashboard = defineMutation({
  name: "dashboard.save",
  can: "dashboard.edit",
  input: saveDashboardSchema,
  run: async ({ ctx, tx, input }) => {
    const row = await findForChange(tx, ctx, { dashboardId: input.dashboardId, to: "change" });
    requireRevision(row, input.revision);
    const after = {
      name: input.name ?? row.name,
      description: input.description ?? row.description,
      content: input.content ?? contentOf(row),
    };
    const saved = await writeDashboard(tx, ctx, { row, after, note: input.note });
    return {
      value: viewOf(ctx, saved),
      audit: {
        target: dashboardTarget(row.id),
        payload: { revision: saved.revision, changes: changesOf(row, after) },
      },
    };
  },
});

type NewState = Pick<Dashboard, "name" | "description"> & { readonly content: DashboardContent };

/** Writes a new state over a locked row, and keeps it as a version. */
export async function writeDashboard(
  tx: Tx,
  ctx: Context,
  {
    row,
    after,
    note,
  }: { readonly row: Dashboard; readonly after: NewState; readonly note: string },
): Promise<Dashboard> {
  const saved = await tx.dashboard.update({
    where: { tenantId_id: { tenantId: ctx.tenantId, id: row.id } },
    data: {
      name: after.name,
      description: after.description,
      content: jsonOf(after.content),
      revision: { increment: 1 },
      changedAt: ctx.now(),
      changedBy: actorName(ctx.actor),
    },
  });
  await keepVersion(tx, saved, note);
  return saved;
}

/** What a change did, for the audit trail. */
export function changesOf(row: Dashboard, after: NewState): readonly string[] {
  const before = { name: row.name, content: contentOf(row) };
  const words = [
    ...dashboardDifference(before, after),
    ...(row.description === after.description ? [] : ["Changed the description."]),
  ];
  return words.slice(0, mostChangesInAudit);
}
