import type { Tx } from "#server/db/client.ts";

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type DeviceKeyRow = {
  readonly key: bigint;
  readonly id: string;
  readonly deviceId: string;
  readonly profileId: string;
};

/** The tenant's devices among those named by their own id or by UUID. */
export async function findDeviceKeys(
  tx: Tx,
  at: { readonly tenantId: string; readonly references: readonly string[] },
): Promise<DeviceKeyRow[]> {
  const uuids = at.references.filter((reference) => uuidText.test(reference));
  return tx.$queryRaw<DeviceKeyRow[]>`
    SELECT d.key, d.id, d.device_id AS "deviceId", d.profile_id AS "profileId" FROM device d
    WHERE d.tenant_id = ${at.tenantId}::uuid
      AND (d.device_id = ANY(${[...at.references]}::text[]) OR d.id = ANY(${uuids}::uuid[]))
    LIMIT ${2 * at.references.length}`;
}
