import type { Tx } from "#server/db/client.ts";
import { containsPattern } from "#server/db/contains-pattern.ts";

export type DeviceHitRow = {
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
};

/** Devices whose name, id or serial contains the text, those that begin with it first. */
export async function searchDevices(
  tx: Tx,
  at: { readonly tenantId: string; readonly text: string; readonly limit: number },
): Promise<DeviceHitRow[]> {
  const contains = containsPattern(at.text);
  const begins = contains.slice(1);
  return tx.$queryRaw<DeviceHitRow[]>`
    SELECT hit.id, hit.device_id AS "deviceId", hit.name FROM (
      SELECT d.id, d.device_id, d.name, d.serial
      FROM telemetry.find_device_text(${contains}, 500) AS found(key)
      JOIN device d ON d.tenant_id = ${at.tenantId}::uuid AND d.key = found.key
      WHERE d.state IN ('active', 'suspended', 'quarantined')
      LIMIT 200
    ) hit
    ORDER BY (hit.name ILIKE ${begins} OR hit.device_id ILIKE ${begins}
      OR hit.serial ILIKE ${begins}) DESC, hit.name, hit.id
    LIMIT ${at.limit}`;
}
