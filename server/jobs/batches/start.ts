import { setTimeout as sleep } from "node:timers/promises";
import {
  claimDeviceBatch,
  releaseDeviceBatch,
  type ClaimedBatch,
} from "#server/db/claim-device-batch.ts";
import { checkBatch } from "#server/jobs/batches/check.ts";
import { createBatch } from "#server/jobs/batches/create.ts";
import { BatchLost, type BatchParts } from "#server/jobs/batches/parts.ts";
import { createPace, signingPace } from "#server/jobs/batches/pace.ts";
import { systemContext } from "#server/services/system-context.ts";

/** How often a worker asks for batches, when nobody tells it. */
const askEveryMs = 1_000;
/** After a fault, so that it is not met without end. */
const patienceMs = 5_000;

export type RunningBatches = {
  /** A batch waits for work. */
  wake(): void;
  /** Ends after the transaction at work; another worker goes on. */
  stop(): Promise<void>;
};

/** Checks and creates batches of devices: one at a time, those that wait longest first. */
export function startBatches(parts: BatchParts): RunningBatches {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pace = createPace(signingPace, parts.system.now);
  let nap = new AbortController();
  const rest = async (milliseconds: number): Promise<void> => {
    nap = new AbortController();
    const until = AbortSignal.any([signal, nap.signal]);
    await sleep(milliseconds, undefined, { signal: until, ref: false }).catch(() => undefined);
  };
  const carryOut = async (batch: ClaimedBatch): Promise<void> => {
    const ctx = systemContext(parts.system, { tenantId: batch.tenantId, name: "batch" });
    const work = { ...parts, batch, ctx, signal };
    if (batch.state === "checking") await checkBatch(work);
    else await createBatch(work, pace);
    // A step that has ended left this state, and nothing is released.
    await releaseDeviceBatch(parts.db, batch, { workerId: parts.workerId, error: "" });
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const batch = await claim(parts);
      if (batch === undefined) {
        await rest(askEveryMs);
        continue;
      }
      try {
        await carryOut(batch);
      } catch (error) {
        if (error instanceof BatchLost) continue;
        parts.log.error({ event: "batch.waits", batch: batch.id, err: error });
        await tell(parts, batch);
        await rest(patienceMs);
      }
    }
  };
  const looping = loop();
  return {
    wake: () => nap.abort(),
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}

/** Whoever looks at the batch sees that it does not go on, and why. */
async function tell({ db, workerId }: BatchParts, batch: ClaimedBatch): Promise<void> {
  const error = "It met a fault and is tried again; the log of the worker says which.";
  await releaseDeviceBatch(db, batch, { workerId, error }).catch(() => undefined);
}

async function claim({ db, workerId, log }: BatchParts): Promise<ClaimedBatch | undefined> {
  try {
    return await claimDeviceBatch(db, workerId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ event: "batch.waits", reason });
    return undefined;
  }
}
