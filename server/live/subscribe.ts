import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "#server/db/client.ts";
import { listLiveWorkers, type LiveWorker } from "#server/db/list-live-workers.ts";
import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";
import { readFrames } from "#server/live/read-frames.ts";

const lookAgainMs = 1000;
const retryMs = 250;

/**
 * Follows an interest on every running worker, and on those that start later, until `signal` aborts.
 * The caller has authorised the interest. A worker that goes away is tried again while it lives.
 * @param input.onFrame called in the order in which each worker tells; must not throw
 * @returns a promise that ends when everything is closed; it does not reject
 */
export async function subscribeLive(input: {
  readonly db: Database;
  readonly interest: LiveInterest;
  readonly onFrame: (frame: LiveFrame) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { signal } = input;
  const following = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    for (const worker of await findWorkers(input.db)) {
      if (following.has(worker.id) || signal.aborted) continue;
      const followed = readFrames({ ...input, busPath: worker.busPath }).then(async () => {
        await pause(retryMs, signal);
        following.delete(worker.id);
      });
      following.set(worker.id, followed);
    }
    await Promise.race([pause(lookAgainMs, signal), ...following.values()]);
  }
  await Promise.all(following.values());
}

/** While the database is away nobody new is found; those who are followed go on. */
async function findWorkers(db: Database): Promise<readonly LiveWorker[]> {
  try {
    return await listLiveWorkers(db);
  } catch {
    return [];
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
