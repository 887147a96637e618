import type { Database } from "#server/db/client.ts";

/** Newest values of a device since the last write: `v` as received, `t` epoch milliseconds. */
export type LatestRow = {
  readonly device_key: string;
  /** ISO 8601. */
  readonly received_at: string;
  readonly fields: Readonly<
    Record<string, { readonly v: number | boolean | string; readonly t: number }>
  >;
};

/** Takes a JSON list of {@link LatestRow}. */
export const mergeLatestSql = `
  INSERT INTO telemetry.latest AS l (device_key, received_at, fields)
  SELECT device_key, received_at, fields
  FROM json_to_recordset($1::json) AS r(device_key bigint, received_at timestamptz, fields jsonb)
  ORDER BY device_key
  ON CONFLICT (device_key) DO UPDATE SET
    received_at = GREATEST(l.received_at, EXCLUDED.received_at),
    fields = l.fields || coalesce((
      SELECT jsonb_object_agg(n.key, n.value) FROM jsonb_each(EXCLUDED.fields) AS n
      WHERE (l.fields -> n.key IS NULL
          AND (SELECT count(*) FROM jsonb_object_keys(l.fields)) < 600)
         OR (l.fields -> n.key ->> 't')::double precision <= (n.value ->> 't')::double precision), '{}')`;

/**
 * Merges newest values into `telemetry.latest`; a value replaces one that is not newer. A device
 * that has 600 fields gains no more: names that a schema leaves open are the device's to invent.
 */
export async function mergeLatest(db: Database, rows: readonly LatestRow[]): Promise<void> {
  await db.pool.query({
    name: "merge-latest",
    text: mergeLatestSql,
    values: [JSON.stringify(rows)],
  });
}
