import { setTimeout as sleep } from "node:timers/promises";
import { claimExport, releaseExport, type ExportRef } from "#server/db/export-work.ts";
import { ExportLost, type ExportParts } from "#server/jobs/exports/parts.ts";
import { sweepExports } from "#server/jobs/exports/sweep.ts";
import { writeExport } from "#server/jobs/exports/write-export.ts";

/** How often a worker asks for exports, when nobody tells it. */
const askEveryMs = 2_000;
/** After a fault, so that it is not met without end. */
const patienceMs = 10_000;
const sweepEveryMs = 600_000;

export type RunningExports = {
  /** An export waits for work. */
  wake(): void;
  /** What is being written is given up; another worker begins it anew. */
  stop(): Promise<void>;
};

/** Writes exports, one at a time, those that wait longest first, and deletes files when their time has passed. */
export function startExports(parts: ExportParts): RunningExports {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nap = new AbortController();
  const rest = async (milliseconds: number): Promise<void> => {
    nap = new AbortController();
    const until = AbortSignal.any([signal, nap.signal]);
    await sleep(milliseconds, undefined, { signal: until, ref: false }).catch(() => undefined);
  };
  let sweptAt = -Infinity;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      if (performance.now() - sweptAt >= sweepEveryMs) {
        sweptAt = performance.now();
        await sweep(parts);
      }
      const job = await claim(parts);
      if (job === undefined) await rest(askEveryMs);
      else if (!(await write(parts, job, signal))) await rest(patienceMs);
    }
  };
  const looping = loop();
  return {
    wake: () => {
      // Somebody may have deleted a file.
      sweptAt = -Infinity;
      nap.abort();
    },
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}

/** @returns false after a fault */
async function write(parts: ExportParts, job: ExportRef, signal: AbortSignal): Promise<boolean> {
  try {
    await writeExport(parts, job, signal);
    return true;
  } catch (error) {
    const { db, workerId, log } = parts;
    if (error instanceof ExportLost) {
      await releaseExport(db, job, { workerId, error: "" }).catch(() => undefined);
      return true;
    }
    log.error({ event: "export.waits", export: job.id, err: error });
    const words = "It met a fault and is begun anew; the log of the worker says which.";
    await releaseExport(db, job, { workerId, error: words }).catch(() => undefined);
    return false;
  }
}

async function sweep(parts: ExportParts): Promise<void> {
  try {
    const deleted = await sweepExports(parts);
    if (deleted > 0) parts.log.info({ event: "exports.swept", deleted });
  } catch (error) {
    parts.log.warn({ event: "exports.not_swept", reason: String(error) });
  }
}

async function claim({ db, workerId, log }: ExportParts): Promise<ExportRef | undefined> {
  try {
    return await claimExport(db, workerId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ event: "export.waits", reason });
    return undefined;
  }
}
