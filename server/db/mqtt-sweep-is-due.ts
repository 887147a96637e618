import type { Database } from "#server/db/client.ts";

/**
 * Whether sessions, queued or retained messages are past their time (ingest role).
 * @param withLost or sessions lost their worker
 */
export async function mqttSweepIsDue(
  db: Database,
  { workerId, withLost }: { readonly workerId: string; readonly withLost: boolean },
): Promise<boolean> {
  const { rows } = await db.pool.query<{ due: boolean }>(
    "SELECT mqtt_sweep_is_due($1, $2) AS due",
    [workerId, withLost],
  );
  return rows[0]?.due === true;
}
