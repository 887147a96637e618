import type { Database } from "#server/db/client.ts";

/** Notes when passwords were last used (ingest role); what is newer already stays. */
export async function touchServiceClientPasswords(
  db: Database,
  used: readonly { readonly passwordId: string; readonly at: Date }[],
): Promise<void> {
  await db.pool.query(
    `UPDATE service_client_password p SET used_at = u.at
     FROM unnest($1::uuid[], $2::timestamptz[]) AS u(id, at)
     WHERE p.id = u.id AND (p.used_at IS NULL OR p.used_at < u.at)`,
    [used.map(({ passwordId }) => passwordId), used.map(({ at }) => at)],
  );
}
