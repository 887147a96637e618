import { setTimeout as sleep } from "node:timers/promises";
import { sqlState } from "#server/db/database-failure.ts";
import type { Log } from "#server/observability/log.ts";

const firstDelayMs = 50;
const longestDelayMs = 2000;

/** Waiting for the database, told to the log once when it begins and once when it ends. */
export type Outage = {
  /** Waits before the next attempt, longer each time; rejects when the worker stops. */
  wait(error: unknown): Promise<void>;
  /** The database answered. */
  over(): void;
};

export function watchOutage(at: {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}): Outage {
  let since: number | undefined;
  let delayMs = firstDelayMs;
  return {
    wait: async (error) => {
      if (since === undefined) {
        since = at.clock();
        at.log.warn(
          { event: "database.away", code: sqlState(error), reason: reasonOf(error) },
          "The database does not take messages; acknowledgements wait until it does.",
        );
      }
      const patience = delayMs;
      delayMs = Math.min(delayMs * 2, longestDelayMs);
      await sleep(patience, undefined, { signal: at.signal });
    },
    over: () => {
      if (since === undefined) return;
      at.log.info({ event: "database.back", awayMs: Math.round(at.clock() - since) });
      since = undefined;
      delayMs = firstDelayMs;
    },
  };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
