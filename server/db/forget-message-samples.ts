import type { Database } from "#server/db/client.ts";

/** Of each profile, whatever its rate. */
const mostOfProfile = 20_000;

/**
 * Deletes samples older than two days, and of each profile all but the newest.
 * @returns how many
 */
export async function forgetMessageSamples(db: Database): Promise<number> {
  const aged = await db.pool.query(
    "DELETE FROM message_sample WHERE received_at < now() - interval '2 days'",
  );
  const beyond = await db.pool.query(
    `DELETE FROM message_sample WHERE id IN (
       SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY tenant_id, profile_id
           ORDER BY received_at DESC, id DESC) AS place FROM message_sample) AS s
       WHERE place > $1)`,
    [mostOfProfile],
  );
  return (aged.rowCount ?? 0) + (beyond.rowCount ?? 0);
}
