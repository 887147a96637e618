import { setTimeout as sleep } from "node:timers/promises";
import { classifyFailure } from "#server/db/database-failure.ts";

/** Reads from the database, a few at a time, and waits while it is away. */
export type SessionReader = {
  /** @throws Error when the worker stops, or what the database refuses for good */
  read<T>(query: () => Promise<T>): Promise<T>;
  /** What waits rejects. */
  stop(): void;
};

/** Connections of the pool that reading may take; the others have more urgent work. */
const maxReads = 2;
const retryMs = 250;

export function createSessionReader(): SessionReader {
  const stopping = new AbortController();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < maxReads) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    read: async (query) => {
      await enter();
      try {
        for (;;) {
          stopping.signal.throwIfAborted();
          try {
            return await query();
          } catch (error) {
            if (classifyFailure(error) === "data") throw error;
            await sleep(retryMs, undefined, { signal: stopping.signal });
          }
        }
      } finally {
        leave();
      }
    },
    stop: () => stopping.abort(new Error("The worker stops; sessions are not read any more.")),
  };
}
