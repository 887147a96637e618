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
  readonly secretIds: string[];
  readonly sasIds: string[];
  readonly sasKinds: string[];
  readonly sealedKeys: Buffer[];
  readonly pskIds: string[];
};

/**
 * Devices by what they call themselves, with the hashes of their valid passwords, their valid SAS
 * keys as they are sealed, and which pre-shared keys are valid; over all tenants (ingest role).
 */
export async function findDeviceCredentials(db: Database, deviceIds: readonly string[]) {
  const { rows } = await db.pool.query<Row>(
    `SELECT d.tenant_id AS "tenantId", d.id, d.key, d.device_id AS "deviceId", d.state,
       d.profile_id AS "profileId", d.attributes,
       h.hashes AS "secretHashes", h.ids AS "secretIds",
       ARRAY(SELECT c.id FROM device_credential c
             WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.revoked_at IS NULL
               AND c.kind IN ('psk-primary', 'psk-secondary')) AS "pskIds",
       s.ids AS "sasIds", s.kinds AS "sasKinds", s.keys AS "sealedKeys"
     FROM device d
     CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(newest.secret_hash), '{}') AS hashes,
         coalesce(array_agg(newest.id), '{}') AS ids
       FROM (
         SELECT c.id, c.secret_hash FROM device_credential c
         WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.revoked_at IS NULL
           AND c.secret_hash IS NOT NULL
         ORDER BY c.created_at DESC LIMIT 10) newest) h
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
  return rows.map((row) => {
    const { secretHashes, secretIds, sasIds, sasKinds, sealedKeys, pskIds, key, ...device } = row;
    return {
      device: { ...device, deviceKey: BigInt(key) },
      secretHashes,
      secretIds,
      pskIds,
      sasKeys: sealedKeys.map((sealed, index) => ({
        id: sasIds[index] ?? "",
        slot: sasKinds[index] === "sas-primary" ? ("primary" as const) : ("secondary" as const),
        sealed,
      })),
    };
  });
}
