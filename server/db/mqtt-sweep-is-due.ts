import type { Database } from "#server/db/client.ts";

/**
 * Whether sessions, queued or retained messages are past their time (ingest role).
 * @param withLost or sessions lost their worker
 * @param withQueues queued messages count; asked less often, see the function `mqtt_sweep`
 */
export async function mqttSweepIsDue(
  db: Database,
  {
    workerId,
    withLost,
    withQueues,
  }: { readonly workerId: string; readonly withLost: boolean; readonly withQueues: boolean },
): Promise<boolean> {
  const { rows } = await db.pool.query<{ due: boolean }>(
    "SELECT mqtt_sweep_is_due($1, $2, $3) AS due",
    [workerId, withLost, withQueues],
  );
  return rows[0]?.due === true;
}
