import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";

export type SelectionDeviceRow = {
  readonly id: string;
  readonly key: string;
  readonly deviceId: string;
  readonly name: string;
};

/** The first devices of a selection that are in service, by name; and how many match (counted up to `countTo`). */
export async function listSelectionDevices(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt & { readonly limit: number; readonly countTo: number },
): Promise<{ readonly devices: readonly SelectionDeviceRow[]; readonly matching: number }> {
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  const devices = await tx.$queryRaw<SelectionDeviceRow[]>`
    SELECT d.id, d.key::text AS key, d.device_id AS "deviceId", d.name FROM ${from}
    WHERE ${where} AND d.state <> 'decommissioned'
    ORDER BY d.name, d.id LIMIT ${at.limit}`;
  if (devices.length < at.limit) return { devices, matching: devices.length };
  const [count] = await tx.$queryRaw<{ matching: number }[]>`
    SELECT count(*)::int AS matching FROM (
      SELECT 1 FROM ${from} WHERE ${where} AND d.state <> 'decommissioned'
      LIMIT ${at.countTo}) some`;
  return { devices, matching: count?.matching ?? devices.length };
}
