import type { Database } from "#server/db/client.ts";
import type { DeviceAttributes } from "#server/domain/device-attributes.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

type Row = {
  readonly tenantId: string;
  readonly id: string;
  /** bigint arrives as text. */
  readonly key: string;
  readonly deviceId: string;
  readonly state: DeviceState;
  readonly profileId: string;
  readonly attributes: DeviceAttributes;
  readonly secretHashes: Buffer[];
  readonly sasIds: string[];
  readonly sasKinds: string[];
  readonly sealedKeys: Buffer[];
};

/**
 * Devices by what they call themselves, with the hashes of their valid passwords and their valid
 * SAS keys as they are sealed; over all tenants (ingest role).
 */
export async function findDeviceCredentials(db: Database, deviceIds: readonly string[]) {
  const { rows } = await db.pool.query<Row>(
    `SELECT d.tenant_id AS "tenantId", d.id, d.key, d.device_id AS "deviceId", d.state,
       d.profile_id AS "profileId", d.attributes,
       ARRAY(SELECT c.secret_hash FROM device_credential c
             WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.revoked_at IS NULL
               AND c.secret_hash IS NOT NULL
             ORDER BY c.created_at DESC LIMIT 10) AS "secretHashes",
       s.ids AS "sasIds", s.kinds AS "sasKinds", s.keys AS "sealedKeys"
     FROM device d
     CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(c.id ORDER BY c.kind), '{}') AS ids,
         coalesce(array_agg(c.kind ORDER BY c.kind), '{}') AS kinds,
         coalesce(array_agg(c.sealed_key ORDER BY c.kind), '{}') AS keys
       FROM device_credential c
       WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.revoked_at IS NULL
         AND c.sealed_key IS NOT NULL AND c.kind IN ('sas-primary', 'sas-secondary')) s
     WHERE d.device_id = ANY($1)`,
    [deviceIds],
  );
  return rows.map(({ secretHashes, sasIds, sasKinds, sealedKeys, key, ...device }) => ({
    device: { ...device, deviceKey: BigInt(key) },
    secretHashes,
    sasKeys: sealedKeys.map((sealed, index) => ({
      id: sasIds[index] ?? "",
      slot: sasKinds[index] === "sas-primary" ? ("primary" as const) : ("secondary" as const),
      sealed,
    })),
  }));
}
