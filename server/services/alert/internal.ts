import type { Tx } from "#server/db/client.ts";
import { alertColumns, alertView, type AlertView } from "#server/services/alert/view.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** @throws ServiceError not_found */
export async function requireAlert(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  id: string,
): Promise<AlertView> {
  const row = await tx.alert.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: alertColumns,
  });
  if (row !== null) return alertView(row);
  throw new ServiceError("not_found", "There is no such alert.", {
    remedy: "Look at the list of alerts.",
  });
}

/** How the audit trail names an alert. */
export function alertTargetOf({ id }: Pick<AlertView, "id">): string {
  return `alert:${id}`;
}

/**
 * Marks open alerts as seen, with an event each.
 * @returns the ids of those that were open
 */
export async function acknowledge(
  tx: Tx,
  ctx: Context,
  at: { readonly ids: readonly string[]; readonly note: string },
): Promise<readonly string[]> {
  const { tenantId } = ctx;
  const now = ctx.now();
  const by = actorName(ctx.actor);
  const changed = await tx.alert.updateManyAndReturn({
    where: { tenantId, id: { in: [...at.ids] }, state: "open" },
    data: { state: "acknowledged", acknowledgedAt: now, acknowledgedBy: by, note: at.note },
    select: { id: true, step: true, severity: true },
  });
  await tx.alertEvent.createMany({
    data: changed.map(({ id, step, severity }) => ({
      tenantId,
      alertId: id,
      kind: "acknowledged",
      step,
      severity,
      at: now,
      by,
      detail: at.note,
    })),
  });
  return changed.map(({ id }) => id);
}
