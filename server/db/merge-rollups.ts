import type { Rollup } from "#server/telemetry/rollup.ts";

/** First half of the advisory locks of hours: shared by whoever merges, exclusive to a rebuild. */
export const hourLock = 729_483;

/**
 * A device whose history is being deleted gets no rollups any more.
 * @param table with a list of rows as JSON, `RollupRow`
 */
const merge = (table: "rollup_minute" | "rollup_hour") => `
  INSERT INTO telemetry.${table} AS t (device_key, bucket, schema_id, counts, sums, mins, maxs, lasts, last_ms)
  SELECT device_key, bucket, schema_id, counts, sums, mins, maxs, lasts, last_ms
  FROM json_to_recordset($1::json) AS r(device_key bigint, bucket timestamptz, schema_id integer,
    counts integer[], sums double precision[], mins double precision[], maxs double precision[],
    lasts double precision[], last_ms integer[])
  WHERE NOT EXISTS (SELECT FROM public.device_erasure e WHERE e.device_key = r.device_key)
  ORDER BY device_key, bucket, schema_id
  ON CONFLICT (device_key, bucket, schema_id) DO UPDATE
  SET (counts, sums, mins, maxs, lasts, last_ms) = (
    SELECT array_agg(coalesce(c, 0) + coalesce(d, 0) ORDER BY i), array_agg(coalesce(s + z, s, z) ORDER BY i),
      array_agg(least(n, o) ORDER BY i), array_agg(greatest(x, y) ORDER BY i),
      array_agg(CASE WHEN q IS NULL OR (p, l) > (q, k) THEN l ELSE k END ORDER BY i),
      array_agg(greatest(p, q) ORDER BY i)
    FROM unnest(t.counts, EXCLUDED.counts, t.sums, EXCLUDED.sums, t.mins, EXCLUDED.mins, t.maxs, EXCLUDED.maxs,
      t.lasts, EXCLUDED.lasts, t.last_ms, EXCLUDED.last_ms)
      WITH ORDINALITY AS u(c, d, s, z, n, o, x, y, l, k, p, q, i))`;

/** Statements that add readings to their rollups; the lock comes first, in its own statement. */
export const rollupStatements = {
  /** A list of hours, as {@link hourNumbersOf} gives them. */
  lockHours: `
    SELECT pg_advisory_xact_lock_shared(${hourLock}, hour) FROM (
      SELECT value::integer AS hour FROM json_array_elements_text($1::json) ORDER BY 1) AS h`,
  mergeMinutes: merge("rollup_minute"),
  mergeHours: merge("rollup_hour"),
} as const;

/** Hours since the epoch that these rollups lie in, each once. */
export function hourNumbersOf(rollups: Iterable<Rollup>): readonly number[] {
  const hours = new Set<number>();
  for (const { bucketMs } of rollups) hours.add(Math.floor(bucketMs / 3_600_000));
  return [...hours];
}
