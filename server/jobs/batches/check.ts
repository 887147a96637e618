import {
  readWorkRows,
  writeRowResults,
  type RowResult,
  type WorkRow,
} from "#server/db/batch-rows.ts";
import { findTakenDeviceIds, findTakenKeys } from "#server/db/find-taken.ts";
import {
  countBadRows,
  markDuplicates,
  markKnownSerials,
  markTakenIds,
  markTakenKeys,
} from "#server/db/mark-batch-rows.ts";
import { withBatch, type BatchWork } from "#server/jobs/batches/parts.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { namesOfDevice } from "#server/pki/request-names.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { batchTarget } from "#server/services/batch/internal.ts";

/** Rows of one transaction; checking a signing request takes about a millisecond. */
const atOnce = 500;

/**
 * Checks the rows of a batch: signing requests, what comes twice, what is taken. One bad row refuses
 * the whole batch. Findings of requests are kept as they are made; all others come with the verdict in
 * one transaction, so that a worker that takes over finds none of them twice.
 * @throws BatchLost, and what the database throws
 */
export async function checkBatch(work: BatchWork): Promise<void> {
  const taken = { ids: new Set<string>(), keys: new Set<string>() };
  let afterLine = -1;
  let done = 0;
  while (!work.signal.aborted) {
    const rows = await withBatch(work, { done }, (tx) =>
      readWorkRows(tx, work.batch, { afterLine, limit: atOnce }),
    );
    const last = rows.at(-1);
    if (last === undefined) return finish(work, taken);
    const results = await judgeRequests(rows);
    await collectTaken(work, rows, { results, taken });
    if (results.length > 0) {
      await withBatch(work, {}, (tx) => writeRowResults(tx, work.batch, results));
    }
    afterLine = last.line;
    done += rows.length;
  }
}

/** What is wrong with signing requests that nobody has looked at yet, and whose key they hold. */
async function judgeRequests(rows: readonly WorkRow[]): Promise<readonly RowResult[]> {
  const results: RowResult[] = [];
  for (const { line, deviceId, csrPem, spkiSha256 } of rows) {
    if (csrPem === null || spkiSha256 !== null) continue;
    const verdict = await checkCsr(csrPem, namesOfDevice({ deviceId }));
    if (verdict.accepted) {
      results.push({ line, spki: verdict.key.spkiSha256 });
    } else {
      // No key has this name: whoever takes over sees that the request was judged.
      results.push({ line, problem: `CSR: ${verdict.message}`, spki: `refused:${line}` });
    }
  }
  return results;
}

async function collectTaken(
  { db }: BatchWork,
  rows: readonly WorkRow[],
  at: {
    readonly results: readonly RowResult[];
    readonly taken: { readonly ids: Set<string>; readonly keys: Set<string> };
  },
): Promise<void> {
  const ids = rows.map(({ deviceId }) => deviceId);
  for (const id of await findTakenDeviceIds(db, ids)) at.taken.ids.add(id);
  const known = rows.flatMap(({ spkiSha256 }) => spkiSha256 ?? []);
  const keys = [...known, ...at.results.flatMap(({ spki }) => spki ?? [])];
  if (keys.length === 0) return;
  for (const key of await findTakenKeys(db, keys)) at.taken.keys.add(key);
}

async function finish(
  work: BatchWork,
  taken: { readonly ids: ReadonlySet<string>; readonly keys: ReadonlySet<string> },
): Promise<void> {
  const { ctx, batch } = work;
  const { tenantId, id } = batch;
  const bad = await withBatch(work, { timeoutMs: 300_000 }, async (tx) => {
    await markDuplicates(tx, batch);
    await markKnownSerials(tx, batch);
    await markTakenIds(tx, batch, [...taken.ids]);
    await markTakenKeys(tx, batch, [...taken.keys]);
    const found = await countBadRows(tx, batch);
    const state = found > 0 ? "refused" : "ready";
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id } },
      data: { state, bad: found, finishedAt: ctx.now(), workerId: null, leaseUntil: null },
      select: { total: true },
    });
    await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id } },
      data: { done: row.total },
      select: { id: true },
    });
    await appendAudit(tx, ctx, {
      action: "batch.checked",
      target: batchTarget(id),
      payload: { state, rows: row.total, bad: found },
    });
    return found;
  });
  work.log.info({ event: "batch.checked", batch: id, bad });
}
