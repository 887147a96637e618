import type { Database } from "#server/db/client.ts";

/** Key of the setting in which services ask for new lists of revoked certificates. */
export const listRequestKey = "crl.asked_at";

/** When somebody last asked for new lists (ingest role). */
export async function readListRequest(db: Database): Promise<Date | undefined> {
  const { rows } = await db.pool.query<{ readonly at: Date }>(
    `SELECT changed_at AS at FROM installation_setting WHERE key = $1`,
    [listRequestKey],
  );
  return rows[0]?.at;
}
