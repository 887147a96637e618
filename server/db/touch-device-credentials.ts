import type { Database } from "#server/db/client.ts";

/** The use of a device's credential. */
export type CredentialUse = { readonly tenantId: string; readonly id: string; readonly at: Date };

/** Notes when credentials of devices were last used, to five minutes (ingest role). */
export async function touchDeviceCredentials(
  db: Database,
  used: readonly CredentialUse[],
): Promise<void> {
  await db.pool.query(
    `UPDATE device_credential c SET last_used_at = u.at
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS u(tenant_id, id, at)
     WHERE c.tenant_id = u.tenant_id AND c.id = u.id
       AND (c.last_used_at IS NULL OR c.last_used_at < u.at - interval '5 minutes')`,
    [used.map(({ tenantId }) => tenantId), used.map(({ id }) => id), used.map(({ at }) => at)],
  );
}
