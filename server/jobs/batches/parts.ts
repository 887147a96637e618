import type { ClaimedBatch } from "#server/db/claim-device-batch.ts";
import type { Database } from "#server/db/client.ts";
import type { Tx } from "#server/db/client.ts";
import { holdBatch, joinByHashing } from "#server/db/batch-rows.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Log } from "#server/observability/log.ts";
import type { Context } from "#server/services/context.ts";
import type { SystemParts } from "#server/services/system-context.ts";

/** What the work on batches needs of its worker. */
export type BatchParts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  /** Connections of the application role, signer and keyring. */
  readonly system: SystemParts;
  readonly log: Log;
  readonly workerId: string;
  /** For tests: called after each transaction. */
  readonly afterChunk?: (batch: ClaimedBatch) => void;
};

/** A batch at work. */
export type BatchWork = BatchParts & {
  readonly batch: ClaimedBatch;
  /** As the product itself, in the batch's organisation. */
  readonly ctx: Context;
  readonly signal: AbortSignal;
};

/** The batch is another worker's by now, or somebody cancelled it. */
export class BatchLost extends Error {}

/**
 * A transaction in which the batch is this worker's.
 * @param at.done rows that have passed the step by then
 * @throws BatchLost when it is not
 */
export async function withBatch<T>(
  work: BatchWork,
  at: { readonly done?: number; readonly timeoutMs?: number },
  change: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { ctx, batch, workerId, afterChunk } = work;
  const { done, timeoutMs = 60_000 } = at;
  const result = await withTenant(
    ctx,
    async (tx) => {
      const held = await holdBatch(tx, batch, { workerId, ...(done !== undefined && { done }) });
      if (!held) throw new BatchLost();
      await joinByHashing(tx);
      return change(tx);
    },
    { timeoutMs },
  );
  afterChunk?.(batch);
  return result;
}
