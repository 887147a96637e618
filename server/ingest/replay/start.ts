import { setTimeout as sleep } from "node:timers/promises";
import { claimDeadLetterRun, type ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { Database } from "#server/db/client.ts";
import { createProfileCache } from "#server/ingest/profiles.ts";
import { carryOut } from "#server/ingest/replay/carry-out.ts";
import { reasonOf } from "#server/ingest/retry.ts";
import type { Log } from "#server/observability/log.ts";

/** How often a worker asks for runs, when nobody tells it. */
const askEveryMs = 1_000;

export type RunningReplays = {
  /** A run was asked for. */
  wake(): void;
  /** Ends after the transaction at work; another worker goes on. */
  stop(): Promise<void>;
};

/** Carries out bulk work on dead letters: one run at a time, those that wait longest first. */
export function startReplays(at: {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly workerId: string;
  /** For tests: called after each transaction. */
  readonly afterChunk?: (run: ClaimedRun) => void;
}): RunningReplays {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nap = new AbortController();
  const profiles = createProfileCache(at.db);
  const next = async (): Promise<boolean> => {
    try {
      const run = await claimDeadLetterRun(at.db, at.workerId);
      if (run === undefined) return false;
      await carryOut({ ...at, profiles, signal }, run);
      return true;
    } catch (error) {
      if (!signal.aborted) at.log.warn({ event: "replay.waits", reason: reasonOf(error) });
      return false;
    }
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      if (await next()) continue;
      nap = new AbortController();
      const until = AbortSignal.any([signal, nap.signal]);
      await sleep(askEveryMs, undefined, { signal: until, ref: false }).catch(() => undefined);
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
