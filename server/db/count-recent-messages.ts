import type { Tx } from "#server/db/client.ts";

/** How many readings a device sent since an instant, counted up to `bound`. */
export async function countRecentMessages(
  tx: Tx,
  at: { readonly deviceKey: bigint; readonly since: Date; readonly bound: number },
): Promise<number> {
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM telemetry.visible_reading
      WHERE device_key = ${at.deviceKey} AND ts > ${at.since}::timestamptz LIMIT ${at.bound}
    ) AS recent`;
  return rows[0]?.count ?? 0;
}
