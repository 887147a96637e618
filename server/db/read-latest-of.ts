import type { Tx } from "#server/db/client.ts";

/** `t`: epoch milliseconds. */
export type LatestValue = { readonly v: number | boolean | string; readonly t: number };

export type LatestOfRow = LatestValue & { readonly deviceKey: bigint; readonly metric: string };

/** Newest values of some metrics of some devices of the tenant; what a device never sent has no row. */
export async function readLatestOf(
  tx: Tx,
  of: { readonly deviceKeys: readonly bigint[]; readonly metrics: readonly string[] },
): Promise<readonly LatestOfRow[]> {
  return tx.$queryRaw<LatestOfRow[]>`
    SELECT l.device_key AS "deviceKey", m.name AS metric, l.fields -> m.name -> 'v' AS v,
      (l.fields -> m.name ->> 't')::float8 AS t
    FROM telemetry.visible_latest l CROSS JOIN unnest(${[...of.metrics]}::text[]) AS m(name)
    WHERE l.device_key = ANY(${[...of.deviceKeys]}::bigint[]) AND l.fields ? m.name`;
}
