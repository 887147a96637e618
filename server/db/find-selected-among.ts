import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";

/** Those of the devices (UUIDs) that a selection has. */
export async function findSelectedAmong(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt & { readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (at.ids.length === 0) return new Set();
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  const rows = await tx.$queryRaw<{ readonly id: string }[]>`
    SELECT d.id FROM ${from} WHERE ${where} AND d.id = ANY(${[...at.ids]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}
