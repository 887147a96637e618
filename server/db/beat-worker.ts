import type { Database } from "#server/db/client.ts";

export type WorkerBeat = {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Unix socket of its live bus. */
  readonly busPath: string;
  readonly startedAt: Date;
};

/** Says that the worker lives, by the database's clock. */
export async function beatWorker(db: Database, worker: WorkerBeat): Promise<void> {
  await db.pool.query(
    `INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at)
     VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`,
    [worker.id, worker.host, worker.pid, worker.busPath, worker.startedAt],
  );
}

/** The worker ends by its own will. */
export async function removeWorker(db: Database, workerId: string): Promise<void> {
  await db.pool.query("DELETE FROM worker_instance WHERE id = $1", [workerId]);
}
