import type { Database } from "#server/db/client.ts";

/** Which connections have these sessions now, by session id; a session that is over is missing (ingest role). */
export async function findMqttHolders(
  db: Database,
  sessionIds: readonly bigint[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.pool.query<{ id: string; generation: string }>(
    "SELECT id, generation FROM mqtt_session WHERE id = ANY ($1::bigint[]) AND ended_at IS NULL",
    [sessionIds.map(String)],
  );
  return new Map(rows.map(({ id, generation }) => [id, Number(generation)]));
}
