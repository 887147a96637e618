import type { Database } from "#server/db/client.ts";

export type LiveWorker = { readonly id: string; readonly busPath: string };

/** Workers with a heartbeat within the last 15 seconds. */
export async function listLiveWorkers(db: Database): Promise<readonly LiveWorker[]> {
  const result = await db.pool.query<LiveWorker>(
    `SELECT id, bus_path AS "busPath" FROM worker_instance
     WHERE heartbeat_at > now() - interval '15 seconds' ORDER BY started_at DESC LIMIT 64`,
  );
  return result.rows;
}
