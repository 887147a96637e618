import type { Database } from "#server/db/client.ts";

export type WorkerBeat = {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Unix socket of its live bus. */
  readonly busPath: string;
  readonly startedAt: Date;
};

/** A worker whose newest heartbeat is older counts as gone: three of them are missing. */
export const silentWorkerSeconds = 15;

/**
 * Says that the worker lives, by the database's clock.
 * @returns whether others may have taken it for gone before: it was not on the list, or silent
 */
export async function beatWorker(db: Database, worker: WorkerBeat): Promise<boolean> {
  const { rows } = await db.pool.query<{ wasGone: boolean }>(
    `WITH before AS (SELECT w.heartbeat_at FROM worker_instance w WHERE w.id = $1), beat AS (
     INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at)
     VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (id) DO UPDATE SET heartbeat_at = now())
     SELECT NOT EXISTS (SELECT FROM before b
       WHERE b.heartbeat_at > now() - make_interval(secs => $6)) AS "wasGone"`,
    [worker.id, worker.host, worker.pid, worker.busPath, worker.startedAt, silentWorkerSeconds],
  );
  return rows[0]?.wasGone ?? true;
}

/** The worker ends by its own will. */
export async function removeWorker(db: Database, workerId: string): Promise<void> {
  await db.pool.query("DELETE FROM worker_instance WHERE id = $1", [workerId]);
}
