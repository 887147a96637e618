import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "#server/db/client.ts";
import { listLiveWorkers, type LiveWorker } from "#server/db/list-live-workers.ts";
import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";
import { followWorker, type WorkerConnection } from "#server/live/follow-worker.ts";
import type { WorkerLine } from "#server/live/worker-line.ts";

const lookAgainMs = 1000;
const retryMs = 250;
/** A worker that hangs must not keep a page from what the others tell. */
const patienceMs = 1000;

export type WorkersSubscription = {
  /** From now on this is asked for. @returns the version that `onCurrent` will name */
  change(interest: LiveInterest): number;
  /** Resolves when everything is closed, after `signal` aborted; does not reject. */
  readonly ended: Promise<void>;
};

type Input = {
  readonly db: Database;
  readonly interest: LiveInterest;
  /** Called in the order in which each worker tells; must not throw. */
  readonly onFrame: (frame: LiveFrame) => void;
  /** Every worker that can be heard follows this version of the interest, or one that is newer. */
  readonly onCurrent: (version: number) => void;
  /** A worker came, or came back, after that: what it did meanwhile was not told. */
  readonly onGap: () => void;
  readonly signal: AbortSignal;
};

/** A worker that is followed; `taken` is the newest interest that it follows. */
type Followed = { readonly connection: WorkerConnection; taken: number };

/**
 * Follows an interest on every running worker, and on those that start later, until `signal` aborts.
 * The caller has authorised the interest. A worker that goes away is tried again while it lives.
 */
export function subscribeLive(input: Input): WorkersSubscription {
  const followed = new Map<string, Followed>();
  let { interest } = input;
  let version = 1;
  let current = 0;
  let hasLooked = false;

  const declare = (upTo: number): void => {
    if (upTo <= current || input.signal.aborted) return;
    current = upTo;
    input.onCurrent(upTo);
  };
  const settle = (): void => {
    if (!hasLooked) return;
    declare(Math.min(version, ...[...followed.values()].map(({ taken }) => taken)));
  };
  const patience = (): void => {
    const asked = version;
    setTimeout(() => declare(asked), patienceMs).unref();
  };
  const hear = (id: string, line: WorkerLine): void => {
    if (line.kind === "alive") return;
    if (line.kind !== "taken") return input.onFrame(line);
    const worker = followed.get(id);
    if (worker === undefined) return;
    const isNew = worker.taken === 0;
    worker.taken = line.version;
    if (isNew && current > 0) input.onGap();
    settle();
  };
  const follow = async (worker: LiveWorker): Promise<void> => {
    const connection = followWorker({
      busPath: worker.busPath,
      first: { version, interest },
      onLine: (line) => hear(worker.id, line),
      signal: input.signal,
    });
    followed.set(worker.id, { connection, taken: 0 });
    await connection.ended;
    followed.delete(worker.id);
    settle();
  };

  patience();
  return {
    change: (next) => {
      interest = next;
      version += 1;
      for (const { connection } of followed.values()) connection.say({ version, interest });
      patience();
      settle();
      return version;
    },
    ended: followAll(input, {
      follow,
      onLooked: () => {
        hasLooked = true;
        settle();
      },
    }),
  };
}

/** Finds the workers, now and every second, and keeps one connection to each. */
async function followAll(
  { db, signal }: Input,
  at: { readonly follow: (worker: LiveWorker) => Promise<void>; readonly onLooked: () => void },
): Promise<void> {
  const kept = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    for (const worker of await findWorkers(db)) {
      if (kept.has(worker.id) || signal.aborted) continue;
      const ended = at.follow(worker).then(async () => {
        await pause(retryMs, signal);
        kept.delete(worker.id);
      });
      kept.set(worker.id, ended);
    }
    at.onLooked();
    await Promise.race([pause(lookAgainMs, signal), ...kept.values()]);
  }
  await Promise.all(kept.values());
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
