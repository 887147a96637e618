import type { BulkOutcome } from "#server/db/bulk-work.ts";
import { lockBulkDevices } from "#server/db/change-devices-in-bulk.ts";
import type { Tx } from "#server/db/client.ts";
import { notifyControls } from "#server/db/notify-control.ts";
import { bulkVerdict } from "#server/domain/bulk-action.ts";
import { appendAudits } from "#server/services/audit/append.ts";
import {
  applyAlike,
  auditNameOf,
  concernsWorkers,
  planAlike,
  type AlikeAction,
} from "#server/services/bulk/apply-alike.ts";
import type { Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";

/** Devices of one transaction. */
export type BatchAt = {
  readonly ctx: Context;
  readonly tx: Tx;
  /** UUIDs. */
  readonly ids: readonly string[];
  readonly jobId: string;
  readonly reason: string;
};

/** Changes devices alike: one statement for all, an audit event for each. */
export async function changeAlike(
  action: AlikeAction,
  { ctx, tx, ids, jobId, reason }: BatchAt,
): Promise<readonly BulkOutcome[]> {
  const { tenantId } = ctx;
  const found = await lockBulkDevices(tx, { tenantId, ids });
  const byId = new Map(found.map((device) => [device.id, device]));
  const outcomes: BulkOutcome[] = [];
  const changed = [];
  for (const id of ids) {
    const device = byId.get(id);
    const verdict = bulkVerdict(action, device?.state);
    if (verdict.result !== "apply" || device === undefined) {
      outcomes.push(skippedBy(id, verdict));
      continue;
    }
    const plan = planAlike(action, device);
    if (plan.result === "change") {
      changed.push({ device, plan });
      outcomes.push({ id, state: "done", detail: "" });
    } else {
      outcomes.push({ id, state: plan.result, detail: plan.detail });
    }
  }
  if (changed.length === 0) return outcomes;
  await applyAlike(tx, action, { tenantId, ids: changed.map(({ device }) => device.id) });
  await appendAudits(
    tx,
    ctx,
    changed.map(({ device, plan: { before, after } }) => ({
      action: auditNameOf(action),
      target: deviceTarget(device),
      payload: { before, after, bulk: jobId },
      ...(reason === "" ? {} : { reason }),
    })),
  );
  if (concernsWorkers(action)) {
    await notifyControls(
      tx,
      changed.map(({ device }) => deviceChanged(ctx, device)),
    );
  }
  return outcomes;
}

function skippedBy(id: string, verdict: ReturnType<typeof bulkVerdict>): BulkOutcome {
  return verdict.result === "apply"
    ? { id, state: "skipped", detail: "" }
    : { id, state: verdict.result, detail: verdict.detail };
}
