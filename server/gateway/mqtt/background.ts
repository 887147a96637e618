import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";

/** Work that nobody waits for, until the end. */
export type Background = {
  /** @param failure event of the log when the work fails */
  run(failure: string, work: () => Promise<unknown>): void;
  /** Resolves when all of it is done, what it started included, or after so long. */
  finished(mostMs: number): Promise<void>;
};

export function createBackground(log: Logger): Background {
  const running = new Set<Promise<void>>();
  return {
    run: (failure, work) => {
      const done = work()
        .then(() => undefined)
        .catch((error: unknown) => log.warn({ event: failure, err: error }))
        .finally(() => running.delete(done));
      running.add(done);
    },
    finished: async (mostMs) => {
      const until = performance.now() + mostMs;
      while (running.size > 0) {
        const leftMs = until - performance.now();
        if (leftMs <= 0) return;
        await Promise.race([Promise.all(running), sleep(leftMs, undefined, { ref: false })]);
      }
    },
  };
}
