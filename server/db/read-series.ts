import type { Tx } from "#server/db/client.ts";
import type { MetricField } from "#server/db/find-metric-fields.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** `t` is epoch milliseconds; of a single reading, `min` and `max` equal the value. */
export type SeriesRow = {
  readonly name: string;
  readonly t: number;
  readonly value: number;
  readonly min: number;
  readonly max: number;
};

export type SeriesRange = {
  readonly deviceKey: bigint;
  readonly fields: readonly MetricField[];
  readonly from: Date;
  readonly to: Date;
};

/** Longer than this a chart is not waited for. */
export const seriesTimeoutMs = 10_000;

/** Bounds what the transaction's next statements may take. */
export async function limitStatements(tx: Tx, milliseconds: number): Promise<void> {
  await tx.$queryRaw`SELECT set_config('statement_timeout', ${String(milliseconds)}, true)`;
}

/** Whether the device has more than `limit` readings in the range. */
export async function hasMoreReadings(
  tx: Tx,
  at: Omit<SeriesRange, "fields"> & { readonly limit: number },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ more: boolean }[]>`
    SELECT count(*) > ${at.limit} AS more FROM (
      SELECT FROM telemetry.visible_reading
      WHERE device_key = ${at.deviceKey} AND ts >= ${at.from} AND ts < ${at.to}
      LIMIT ${at.limit + 1}) AS reading`;
  return rows[0]?.more === true;
}

/** Every reading, ascending in time within a metric. */
export async function readRawSeries(tx: Tx, at: SeriesRange): Promise<readonly SeriesRow[]> {
  return tx.$queryRaw<SeriesRow[]>`
    SELECT name, extract(epoch FROM ts)::double precision * 1000 AS t, v AS value, v AS min, v AS max
    FROM (${valuesOf(at)}) AS reading ORDER BY name, ts`;
}

/**
 * One row for each bucket that has readings: mean, least and greatest. Buckets lie on multiples of
 * their width, so that a range that moves on shows the same ones.
 */
export async function readBucketedSeries(
  tx: Tx,
  at: SeriesRange & { readonly bucketMs: number },
): Promise<readonly SeriesRow[]> {
  return tx.$queryRaw<SeriesRow[]>`
    SELECT name, extract(epoch FROM bucket)::double precision * 1000 AS t,
      avg(v) AS value, min(v) AS min, max(v) AS max
    FROM (
      SELECT name, v,
        date_bin(make_interval(secs => ${at.bucketMs / 1000}::double precision), ts, 'epoch'::timestamptz) AS bucket
      FROM (${valuesOf(at)}) AS reading) AS binned
    GROUP BY name, bucket ORDER BY name, bucket`;
}

function valuesOf({ deviceKey, fields, from, to }: SeriesRange): Prisma.Sql {
  return Prisma.sql`
    SELECT f.name, r.ts, r."values"[f.position + 1] AS v
    FROM telemetry.visible_reading r
    JOIN unnest(${fields.map((field) => field.schemaId)}::integer[],
                ${fields.map((field) => field.position)}::integer[],
                ${fields.map((field) => field.name)}::text[]) AS f(schema_id, position, name)
      ON f.schema_id = r.schema_id
    WHERE r.device_key = ${deviceKey} AND r.ts >= ${from} AND r.ts < ${to}
      AND r."values"[f.position + 1] IS NOT NULL`;
}
