import type { Database } from "#server/db/client.ts";
import { beatWorker, removeWorker, type WorkerBeat } from "#server/db/beat-worker.ts";
import type { Log } from "#server/observability/log.ts";

const everyMs = 5000;

/**
 * Registers the worker and says every five seconds that it lives.
 * @returns a function that ends it and takes the worker off the list
 * @throws what the database throws at the first time; later failures are logged
 */
export async function startHeartbeat(at: {
  readonly db: Database;
  readonly worker: WorkerBeat;
  readonly log: Log;
  /** Others may have taken the worker for gone, and its connections with it. */
  readonly wasGone?: () => void;
}): Promise<() => Promise<void>> {
  await beatWorker(at.db, at.worker);
  let beating: Promise<void> | undefined;
  const beat = async (): Promise<void> => {
    try {
      if (await beatWorker(at.db, at.worker)) at.wasGone?.();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      at.log.debug({ event: "heartbeat.failed", reason });
    } finally {
      beating = undefined;
    }
  };
  const timer = setInterval(() => {
    beating ??= beat();
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await beating;
    await removeWorker(at.db, at.worker.id).catch((error: unknown) => {
      at.log.warn({ event: "heartbeat.not_removed", reason: String(error) });
    });
  };
}
