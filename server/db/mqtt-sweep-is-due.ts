import type { Database } from "#server/db/client.ts";

/** Whether sessions, queued or retained messages are past their time, or lost their worker (ingest role). */
export async function mqttSweepIsDue(db: Database, workerId: string): Promise<boolean> {
  const { rows } = await db.pool.query<{ due: boolean }>("SELECT mqtt_sweep_is_due($1) AS due", [
    workerId,
  ]);
  return rows[0]?.due === true;
}
