import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startBatches } from "#server/jobs/batches/start.ts";
import type { BatchParts } from "#server/jobs/batches/parts.ts";
import { createLog } from "#server/observability/log.ts";
import type { Signer } from "#server/pki/signer-client.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import type { OpenBatchInput } from "#server/services/batch/schemas.ts";
import { showBatch } from "#server/services/batch/show.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import type { Context } from "#server/services/context.ts";
import type { ManifestType } from "#server/services/batch/manifest/source.ts";
import { testKeyring, type TestDatabase } from "#server/testing/database.ts";

/** The bytes of a text in small pieces, as a socket gives them. */
export async function* bytesOf(text: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Opens a batch and sends its file. */
export async function sendManifest(
  ctx: Context,
  file: {
    readonly text: string | Uint8Array | AsyncIterable<Uint8Array>;
    readonly type?: ManifestType;
    readonly open: Omit<OpenBatchInput, "name"> & { readonly name?: string };
  },
): Promise<BatchView> {
  const { batchId } = await openBatch(ctx, { name: "Lot 7", ...file.open });
  const { text, type = "text/csv" } = file;
  const isBytes = typeof text === "string" || text instanceof Uint8Array;
  return receiveManifest(ctx, { batchId, type, body: isBytes ? bytesOf(text) : text });
}

/** What a worker of a test needs for batches. */
export function batchParts(
  database: Pick<TestDatabase, "app" | "ingest">,
  at: { readonly signer: Signer; readonly afterChunk?: BatchParts["afterChunk"] },
): BatchParts {
  return {
    db: database.ingest,
    system: { db: database.app, signer: at.signer, keyring: testKeyring, now: () => new Date() },
    log: createLog({ name: "test", level: "fatal" }),
    workerId: randomUUID(),
    ...(at.afterChunk !== undefined && { afterChunk: at.afterChunk }),
  };
}

/** Waits until the batch is in one of the states, with a worker of its own. */
export async function workUntil(
  parts: BatchParts,
  at: {
    readonly ctx: Context;
    readonly batchId: string;
    readonly states: readonly BatchView["state"][];
  },
): Promise<BatchView> {
  const running = startBatches(parts);
  try {
    return await untilState(at);
  } finally {
    await running.stop();
  }
}

/** Waits until somebody brought the batch into one of the states. */
export async function untilState(at: {
  readonly ctx: Context;
  readonly batchId: string;
  readonly states: readonly BatchView["state"][];
}): Promise<BatchView> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const batch = await showBatch(at.ctx, { batchId: at.batchId });
    if (at.states.includes(batch.state)) return batch;
    await sleep(25);
  }
  throw new Error(`The batch did not become ${at.states.join(" or ")}.`);
}
