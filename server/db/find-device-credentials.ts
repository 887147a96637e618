import type { Database } from "#server/db/client.ts";

type Row = {
  readonly tenantId: string;
  readonly id: string;
  /** bigint arrives as text. */
  readonly key: string;
  readonly deviceId: string;
  readonly state: "active" | "suspended" | "decommissioned";
  readonly profileId: string;
  readonly secretHashes: Buffer[];
};

/** A device by what it calls itself, with the hashes of its valid tokens (ingest role). */
export async function findDeviceCredentials(db: Database, deviceId: string) {
  const { rows } = await db.pool.query<Row>(
    `SELECT d.tenant_id AS "tenantId", d.id, d.key, d.device_id AS "deviceId", d.state,
       d.profile_id AS "profileId",
       ARRAY(SELECT c.secret_hash FROM device_credential c
             WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.revoked_at IS NULL
             ORDER BY c.created_at DESC LIMIT 10) AS "secretHashes"
     FROM device d WHERE d.device_id = $1`,
    [deviceId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { secretHashes, key, ...device } = row;
  return { device: { ...device, deviceKey: BigInt(key) }, secretHashes };
}
