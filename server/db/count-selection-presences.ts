import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { Presence } from "#server/domain/presence.ts";

/** How many devices of a selection are in each presence; a presence without any has no row. */
export async function countSelectionPresences(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt,
): Promise<readonly { readonly presence: Presence; readonly devices: number }[]> {
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  return tx.$queryRaw<{ presence: Presence; devices: number }[]>`
    SELECT shown.presence, count(*)::int AS devices
    FROM (SELECT d.key FROM ${from} WHERE ${where}) chosen
    JOIN device_presence shown ON shown.tenant_id = ${at.tenantId}::uuid AND shown.device_key = chosen.key
    GROUP BY 1`;
}
