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
  readonly gatewayKey: string | null;
};

/** Devices by what they are called, each with the gateway that it is behind; over all tenants (ingest role). */
export async function findChildren(db: Database, deviceIds: readonly string[]) {
  const { rows } = await db.pool.query<Row>(
    `SELECT d.tenant_id AS "tenantId", d.id, d.key, d.device_id AS "deviceId", d.state,
       d.profile_id AS "profileId", d.attributes, g.key AS "gatewayKey"
     FROM device d
     LEFT JOIN device g ON g.tenant_id = d.tenant_id AND g.id = d.gateway_id
     WHERE d.device_id = ANY($1)`,
    [deviceIds],
  );
  return rows.map(({ key, gatewayKey, ...device }) => ({
    device: { ...device, deviceKey: BigInt(key) },
    gatewayKey: gatewayKey === null ? undefined : BigInt(gatewayKey),
  }));
}
