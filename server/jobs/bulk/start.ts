import { setTimeout as sleep } from "node:timers/promises";
import type { BulkJobRef } from "#server/db/bulk-job-devices.ts";
import { claimBulkJob, releaseBulkJob } from "#server/db/bulk-work.ts";
import type { BulkParts } from "#server/jobs/bulk/parts.ts";
import { firstDevice, runBulkBatch } from "#server/jobs/bulk/run-batch.ts";

/** How often a worker asks for jobs, when nobody tells it. */
const askEveryMs = 2_000;
/** After a fault, so that it is not met without end. */
const patienceMs = 5_000;
/** Then other jobs have their turn. */
const turnMs = 3_000;

export type RunningBulk = {
  /** A job waits for work. */
  wake(): void;
  /** Ends after the transaction at work; another worker goes on. */
  stop(): Promise<void>;
};

/** Changes many devices: one job at a time, in turns, those that wait longest first. */
export function startBulk(parts: BulkParts): RunningBulk {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nap = new AbortController();
  const rest = async (milliseconds: number): Promise<void> => {
    nap = new AbortController();
    const until = AbortSignal.any([signal, nap.signal]);
    await sleep(milliseconds, undefined, { signal: until, ref: false }).catch(() => undefined);
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const job = await claim(parts);
      if (job === undefined) {
        await rest(askEveryMs);
        continue;
      }
      try {
        await takeTurn(parts, job, signal);
      } catch (error) {
        parts.log.error({ event: "bulk.waits", job: job.id, err: error });
        await release(
          parts,
          job,
          "It met a fault and is tried again; the log of the worker says which.",
        );
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

/** Batch after batch, until the job has ended, was taken away, or others have waited long enough. */
async function takeTurn(parts: BulkParts, job: BulkJobRef, signal: AbortSignal): Promise<void> {
  const endsAt = performance.now() + turnMs;
  let after = firstDevice;
  while (!signal.aborted && performance.now() < endsAt) {
    const result = await runBulkBatch(parts, job, after);
    if (result.step === "lost") return;
    if (result.step === "ended") {
      parts.log.info({ event: "bulk.ended", job: job.id });
      return;
    }
    after = result.last;
  }
  await release(parts, job, "");
}

async function release({ db, workerId }: BulkParts, job: BulkJobRef, error: string): Promise<void> {
  await releaseBulkJob(db, job, { workerId, error }).catch(() => undefined);
}

async function claim({ db, workerId, log }: BulkParts): Promise<BulkJobRef | undefined> {
  try {
    return await claimBulkJob(db, workerId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ event: "bulk.waits", reason });
    return undefined;
  }
}
