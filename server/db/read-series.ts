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

/** Every reading, ascending in time. */
export async function readRawSeries(tx: Tx, at: SeriesRange): Promise<readonly SeriesRow[]> {
  const names = metricNames(at);
  if (names.length === 0) return [];
  const rows = await tx.$queryRaw<{ t: number; v: (number | null)[] }[]>`
    SELECT extract(epoch FROM r.ts)::double precision * 1000 AS t, ARRAY[${valuesOf(at)}] AS v
    FROM telemetry.visible_reading r WHERE ${within(at)} ORDER BY r.ts`;
  return rows.flatMap(({ t, v }) =>
    names.flatMap((name, index) => {
      const value = v[index] ?? null;
      return value === null ? [] : [{ name, t, value, min: value, max: value }];
    }),
  );
}

type Bucket = {
  readonly t: number;
  readonly means: readonly (number | null)[];
  readonly least: readonly (number | null)[];
  readonly greatest: readonly (number | null)[];
};

/**
 * One row for each bucket and metric that has readings: mean, least and greatest, in one pass.
 * Buckets lie on multiples of their width, so that a range that moves on shows the same ones.
 */
export async function readBucketedSeries(
  tx: Tx,
  at: SeriesRange & { readonly bucketMs: number },
): Promise<readonly SeriesRow[]> {
  const names = metricNames(at);
  if (names.length === 0) return [];
  const each = (aggregate: Prisma.Sql): Prisma.Sql =>
    Prisma.join(names.map((_, index) => Prisma.sql`${aggregate}(${Prisma.raw(`v${index}`)})`));
  const columns = names.map((name, index) => {
    return Prisma.sql`${valueOf(at, name)} AS ${Prisma.raw(`v${index}`)}`;
  });
  const rows = await tx.$queryRaw<Bucket[]>`
    SELECT extract(epoch FROM bucket)::double precision * 1000 AS t,
      ARRAY[${each(Prisma.sql`avg`)}] AS means, ARRAY[${each(Prisma.sql`min`)}] AS least,
      ARRAY[${each(Prisma.sql`max`)}] AS greatest
    FROM (
      SELECT date_bin(make_interval(secs => ${at.bucketMs / 1000}::double precision), r.ts, 'epoch'::timestamptz) AS bucket,
        ${Prisma.join(columns)}
      FROM telemetry.visible_reading r WHERE ${within(at)}) AS binned
    GROUP BY bucket ORDER BY bucket`;
  return rows.flatMap(({ t, means, least, greatest }) =>
    names.flatMap((name, index) => {
      const [value, min, max] = [means[index], least[index], greatest[index]];
      if (typeof value !== "number" || typeof min !== "number" || typeof max !== "number")
        return [];
      return [{ name, t, value, min, max }];
    }),
  );
}

function metricNames({ fields }: SeriesRange): readonly string[] {
  return [...new Set(fields.map(({ name }) => name))];
}

function within({ deviceKey, from, to }: SeriesRange): Prisma.Sql {
  return Prisma.sql`r.device_key = ${deviceKey} AND r.ts >= ${from} AND r.ts < ${to}`;
}

function valuesOf(at: SeriesRange): Prisma.Sql {
  return Prisma.join(metricNames(at).map((name) => valueOf(at, name)));
}

/** A metric's number in whichever schema version the row has. */
function valueOf({ fields }: SeriesRange, name: string): Prisma.Sql {
  const cases = fields
    .filter((field) => field.name === name)
    .map(({ schemaId, position }) => {
      return Prisma.sql`WHEN ${schemaId}::integer THEN r."values"[${position + 1}::integer]`;
    });
  return Prisma.sql`CASE r.schema_id ${Prisma.join(cases, " ")} END`;
}
