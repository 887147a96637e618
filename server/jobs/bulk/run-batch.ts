import type { BulkJobRef } from "#server/db/bulk-job-devices.ts";
import {
  holdBulkJob,
  recordBulkOutcomes,
  takeBulkDevices,
  type BulkOutcome,
} from "#server/db/bulk-work.ts";
import type { Tx } from "#server/db/client.ts";
import type { BulkJob } from "#server/db/generated/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import { bulkCapability, type BulkAction } from "#server/domain/bulk-action.ts";
import { changeAlike } from "#server/jobs/bulk/change-alike.ts";
import { changeOneByOne } from "#server/jobs/bulk/change-one-by-one.ts";
import type { BulkParts } from "#server/jobs/bulk/parts.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { actionOf, bulkTarget } from "#server/services/bulk/internal.ts";
import type { Context } from "#server/services/context.ts";
import { systemContext } from "#server/services/system-context.ts";
import { standingOf } from "#server/services/work/requester.ts";

/** Of one transaction: devices that are changed by one statement, and those that are changed singly. */
const alikeAtOnce = 500;
const singlyAtOnce = 50;
/** The children of a gateway end or are told with it. */
const endedAtOnce = 10;
const endedWithChildrenAtOnce = 1;
const timeoutMs = 60_000;

/** Before the first device. */
export const firstDevice = "00000000-0000-0000-0000-000000000000";

/** What a transaction came to: the last device that it changed, or that the job is not to be gone on with. */
export type BatchResult =
  | { readonly step: "on"; readonly last: string }
  | { readonly step: "ended" }
  | { readonly step: "lost" };

/**
 * Changes the next devices of a job in one transaction: their change, what became of each, the counts
 * and the audit trail are one. A worker that dies leaves the batch as it was, so that no device is
 * changed twice.
 * @param after the last device of the batch before, or {@link firstDevice}
 */
export async function runBulkBatch(
  parts: BulkParts,
  job: BulkJobRef,
  after: string,
): Promise<BatchResult> {
  const system = systemContext(parts.system, { tenantId: job.tenantId, name: "bulk" });
  const result = await withTenant(system, (tx) => carryOut(parts, { job, after, system, tx }), {
    timeoutMs,
  });
  parts.afterBatch?.(job);
  return result;
}

type Batch = {
  readonly job: BulkJobRef;
  readonly after: string;
  readonly system: Context;
  readonly tx: Tx;
};

async function carryOut(parts: BulkParts, batch: Batch): Promise<BatchResult> {
  const { job, after, system, tx } = batch;
  const { tenantId } = job;
  if (!(await holdBulkJob(tx, job, parts.workerId))) return { step: "lost" };
  const row = await tx.bulkJob.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: job.id } },
  });
  const action = actionOf(row);
  const standing = await standingOf(tx, {
    ...row,
    now: system.now(),
    can: bulkCapability(action),
  });
  if (!standing.may) {
    await end(batch, { ...row, state: "failed", error: `${standing.reason} It was stopped.` });
    return { step: "ended" };
  }
  const size = parts.batchSize ?? sizeOf(action);
  const ids = await takeBulkDevices(tx, job, { after, limit: size });
  const last = ids.at(-1);
  if (last === undefined) {
    await end(batch, { ...row, state: "done", error: "" });
    return { step: "ended" };
  }
  const { actor, role } = standing;
  // What the devices' own audit trail shows is who asked for it, and by which job.
  const ctx: Context = { ...system, actor, role, requestId: job.id };
  const at = { ctx, tx, ids, jobId: job.id, reason: row.reason };
  const outcomes: readonly BulkOutcome[] = isAlike(action)
    ? await changeAlike(action, at)
    : await changeOneByOne(action, at);
  await recordBulkOutcomes(tx, job, { outcomes, now: system.now() });
  return { step: "on", last };
}

function sizeOf(action: BulkAction): number {
  if (action.kind === "decommission") {
    return action.children === "decommission" ? endedWithChildrenAtOnce : endedAtOnce;
  }
  return isAlike(action) ? alikeAtOnce : singlyAtOnce;
}

type Alike = Parameters<typeof changeAlike>[0];

function isAlike(action: BulkAction): action is Alike {
  switch (action.kind) {
    case "add_tags":
    case "remove_tags":
    case "set_place":
    case "set_profile":
    case "quarantine":
    case "suspend":
      return true;
    case "approve":
    case "resume":
    case "decommission":
      return false;
  }
}

/** Writes down that the job has ended, and with which results. */
async function end({ tx, system, job }: Batch, ended: BulkJob): Promise<void> {
  const { state, error, total, done, unchanged, failed, reason } = ended;
  await tx.bulkJob.update({
    where: { tenantId_id: job },
    data: { state, error, finishedAt: system.now(), leaseUntil: null, leaseOwner: null },
    select: { id: true },
  });
  await appendAudit(tx, system, {
    action: "bulk.end",
    target: bulkTarget(job.id),
    payload: { state, total, done, unchanged, failed, ...(error !== "" && { error }) },
    ...(reason === "" ? {} : { reason }),
  });
}
