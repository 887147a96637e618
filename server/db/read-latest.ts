import type { Tx } from "#server/db/client.ts";

export type LatestFields = Readonly<
  Record<string, { readonly v: number | boolean | string; readonly t: number }>
>;

/** Newest value of each field of a device; null when it never sent any. */
export async function readLatest(
  tx: Tx,
  deviceKey: bigint,
): Promise<{ readonly receivedAt: Date; readonly fields: LatestFields } | null> {
  const rows = await tx.$queryRaw<{ receivedAt: Date; fields: LatestFields }[]>`
    SELECT received_at AS "receivedAt", fields FROM telemetry.visible_latest
    WHERE device_key = ${deviceKey}`;
  return rows[0] ?? null;
}
