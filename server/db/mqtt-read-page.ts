import type { Database } from "#server/db/client.ts";

/**
 * A page of a session's queue as the function `mqtt_page` writes it; undefined when another
 * connection has the session (ingest role).
 */
export async function readMqttPage(
  db: Database,
  at: {
    readonly sessionId: bigint;
    readonly generation: number;
    readonly afterSeq: bigint;
    readonly most: number;
    readonly mostBytes: number;
  },
): Promise<unknown> {
  const { rows } = await db.pool.query<{ page: unknown }>(
    `SELECT mqtt_page(id, $3, $4, $5) AS page FROM mqtt_session
     WHERE id = $1 AND generation = $2 AND ended_at IS NULL`,
    [at.sessionId, at.generation, at.afterSeq, at.most, at.mostBytes],
  );
  return rows[0]?.page;
}
