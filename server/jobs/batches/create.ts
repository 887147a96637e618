import {
  batchKeysInUse,
  digestOfBatch,
  insertBatchCertificates,
  insertBatchCredentials,
  insertBatchDevices,
  type BatchMake,
} from "#server/db/create-batch-devices.ts";
import type { Tx } from "#server/db/client.ts";
import { readWorkRows } from "#server/db/batch-rows.ts";
import { findTakenDeviceIds } from "#server/db/find-taken.ts";
import {
  countBadRows,
  markKnownSerials,
  markTakenIds,
  markTakenKeys,
} from "#server/db/mark-batch-rows.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { BatchOptions } from "#server/domain/device-batch.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { makeSecrets } from "#server/jobs/batches/make-secrets.ts";
import { withBatch, type BatchWork } from "#server/jobs/batches/parts.ts";
import type { Pace } from "#server/jobs/batches/pace.ts";
import { SignerRefusal } from "#server/pki/signer-client.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { batchTarget } from "#server/services/batch/internal.ts";
import type { Context } from "#server/services/context.ts";

/** A hundred thousand devices with certificates are inserted within a minute on a small machine. */
const timeoutMs = 600_000;

/** What was free when the batch was checked is taken by now. */
class Overtaken extends Error {
  readonly keys: readonly string[];
  constructor(keys: readonly string[] = []) {
    super("overtaken");
    this.keys = keys;
  }
}

/**
 * Creates the devices of a batch: first what they prove themselves by, then all of them in one
 * transaction with certificates, credentials and one audit event, or none.
 * @throws BatchLost, and what the database throws
 */
export async function createBatch(work: BatchWork, pace: Pace): Promise<void> {
  const plan = await readPlan(work.ctx, work.batch.id);
  try {
    if (plan.options.keys !== "none") {
      await makeSecrets(work, { keys: plan.options.keys, facts: plan.facts, pace });
    }
    if (work.signal.aborted) return;
    await makeDevices(work, plan);
  } catch (error) {
    if (error instanceof Overtaken) await failOvertaken(work, error);
    else if (error instanceof SignerRefusal)
      await fail(work, `The signer refused: ${error.message}`);
    else throw error;
  }
}

type Plan = {
  readonly total: number;
  readonly options: BatchOptions;
  readonly facts: { readonly organisation: string; readonly days: number };
  readonly make: BatchMake;
};

async function readPlan(ctx: Context, batchId: string): Promise<Plan> {
  const { tenantId } = ctx;
  return withTenant(ctx, async (tx) => {
    const batch = await tx.deviceBatch.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: batchId } },
    });
    const profile = await tx.profile.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: batch.profileId } },
      select: { certificateDays: true },
    });
    const tenant = await tx.tenant.findUniqueOrThrow({
      where: { id: tenantId },
      select: { name: true },
    });
    const options = batchOptions.parse(batch.options);
    return {
      total: batch.total,
      options,
      facts: { organisation: tenant.name, days: profile.certificateDays },
      make: {
        tenantId,
        batchId,
        profileId: batch.profileId,
        isQuarantined: options.quarantine,
        tags: options.tags,
        createdAt: ctx.now(),
        createdBy: batch.startedBy ?? batch.createdBy,
      },
    };
  });
}

async function makeDevices(work: BatchWork, { total, options, make }: Plan): Promise<void> {
  const { ctx, batch } = work;
  const { tenantId, batchId } = make;
  await withBatch(work, { timeoutMs }, async (tx) => {
    const keys = options.keys === "none" ? [] : await batchKeysInUse(tx, make);
    if (keys.length > 0) throw new Overtaken(keys);
    if ((await markKnownSerials(tx, batch)) > 0) throw new Overtaken();
    const devices = await insertBatchDevices(tx, make);
    if (devices < total) throw new Overtaken();
    const certificates = await insertBatchCertificates(tx, make);
    const credentials = await insertBatchCredentials(tx, make);
    const state = options.quarantine ? "sampling" : "approved";
    await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batchId } },
      data: { state, done: total, finishedAt: ctx.now(), workerId: null, leaseUntil: null },
      select: { id: true },
    });
    const digest = await digestOfBatch(tx, make);
    const counts = { devices, certificates, credentials };
    await recordEnd(tx, ctx, batchId, { state, ...counts, deviceIdsSha256: digest });
    await notifyControl(tx, { kind: "fleet", tenantId });
  });
  work.log.info({ event: "batch.created", batch: batchId, devices: total });
}

async function recordEnd(
  tx: Tx,
  ctx: Context,
  batchId: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendAudit(tx, ctx, { action: "batch.created", target: batchTarget(batchId), payload });
}

/** Nothing was created; the rows say which ids, serial numbers and keys were taken meanwhile. */
async function failOvertaken(work: BatchWork, { keys }: Overtaken): Promise<void> {
  const { db, batch } = work;
  const taken: string[] = [];
  for (let afterLine = -1; ;) {
    const rows = await withBatch(work, {}, (tx) =>
      readWorkRows(tx, batch, { afterLine, limit: 5_000 }),
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    taken.push(
      ...(await findTakenDeviceIds(
        db,
        rows.map(({ deviceId }) => deviceId),
      )),
    );
    afterLine = last.line;
  }
  await fail(work, undefined, async (tx) => {
    await markTakenIds(tx, batch, taken);
    await markTakenKeys(tx, batch, keys);
    await markKnownSerials(tx, batch);
  });
}

async function fail(
  work: BatchWork,
  why: string | undefined,
  mark: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<void> {
  const { ctx, batch } = work;
  const { tenantId, id } = batch;
  await withBatch(work, { timeoutMs }, async (tx) => {
    await mark(tx);
    const bad = await countBadRows(tx, batch);
    const words =
      why ??
      `${bad} of the device ids, serial numbers or keys were taken since the batch was checked. Nothing was created.`;
    await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id } },
      data: {
        state: "failed",
        bad,
        error: words,
        finishedAt: ctx.now(),
        workerId: null,
        leaseUntil: null,
      },
      select: { id: true },
    });
    await recordEnd(tx, ctx, id, { state: "failed", error: words, bad });
  });
  work.log.warn({ event: "batch.failed", batch: id });
}
