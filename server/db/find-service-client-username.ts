import type { Database } from "#server/db/client.ts";

/** What a service client logs in as; over all tenants (ingest role). Undefined when it is no more. */
export async function findServiceClientUsername(
  db: Database,
  serviceClientId: string,
): Promise<string | undefined> {
  const { rows } = await db.pool.query<{ readonly username: string }>(
    `SELECT username FROM service_client WHERE id = $1`,
    [serviceClientId],
  );
  return rows[0]?.username;
}
