import type { Database } from "#server/db/client.ts";

const pageSessions = 2000;

/**
 * Enters a worker among those whose versions are compared, then reads all sessions that routing
 * must know, in one snapshot with the versions that it stands for (ingest role).
 * @param page told the sessions as the function `mqtt_route_of` writes them, some at a time
 * @returns the first row of `mqtt_foreign_changes`
 */
export async function loadMqttRoutes(
  db: Database,
  workerId: string,
  page: (routes: readonly unknown[]) => void,
): Promise<unknown> {
  const client = await db.pool.connect();
  try {
    await client.query("SELECT mqtt_change_version($1)", [workerId]);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const versions = await client.query<{ versions: unknown }>(
      `SELECT json_build_object(
         'versions', coalesce(json_object_agg(worker_id, version::text) FILTER (WHERE worker_id <> $1), '{}'),
         'sum', coalesce(sum(version) FILTER (WHERE worker_id <> $1), 0)::text) AS versions
       FROM mqtt_route_version`,
      [workerId],
    );
    for (let after = "0"; ;) {
      const { rows } = await client.query<{ id: string; route: unknown }>(
        `SELECT s.id, mqtt_route_of(s) AS route FROM mqtt_session s
         WHERE s.id > $1 AND s.changed_version IS NOT NULL ORDER BY s.id LIMIT $2`,
        [after, pageSessions],
      );
      page(rows.map(({ route }) => route));
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSessions) break;
      after = last.id;
    }
    await client.query("COMMIT");
    client.release();
    return versions.rows[0]?.versions;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
