import type { Database } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** More than this wait no longer than a device does; the rest ask again. */
const mostWaiting = 300;

type Queue = { waiting: number; last: Promise<unknown> };

/** By pool of connections, then by organisation. */
const pools = new WeakMap<Database, Map<string, Queue>>();

function queuesOf(db: Database): Map<string, Queue> {
  const known = pools.get(db);
  if (known !== undefined) return known;
  const queues = new Map<string, Queue>();
  pools.set(db, queues);
  return queues;
}

/**
 * Runs what takes an organisation's locks one after the other within this process: a rush of devices
 * would otherwise hold every connection of the pool, waiting for each other.
 * @throws ServiceError unavailable when too many wait; and whatever `work` throws
 */
export async function inTurn<T>(
  { db, tenantId }: Pick<Context, "db" | "tenantId">,
  work: () => Promise<T>,
): Promise<T> {
  const queues = queuesOf(db);
  const queue = queues.get(tenantId) ?? { waiting: 0, last: Promise.resolve() };
  if (queue.waiting >= mostWaiting) {
    throw new ServiceError("unavailable", "More devices enrol at once than can be enrolled.", {
      remedy: "Ask again after a random time.",
    });
  }
  queues.set(tenantId, queue);
  queue.waiting += 1;
  const mine = queue.last.then(work, work);
  queue.last = mine;
  try {
    return await mine;
  } finally {
    queue.waiting -= 1;
    if (queue.waiting === 0) queues.delete(tenantId);
  }
}
