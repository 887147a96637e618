import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { CountedReadings } from "#server/domain/telemetry-level.ts";
import { maxBehindMinutes, type SourcePart, type Span } from "#server/domain/telemetry-sources.ts";

/** Longer than this a chart is not waited for. */
export const seriesTimeoutMs = 10_000;

/** Bounds what the transaction's next statements may take. */
export async function limitStatements(tx: Tx, milliseconds: number): Promise<void> {
  await tx.$queryRaw`SELECT set_config('statement_timeout', ${String(milliseconds)}, true)`;
}

/** Where each metric is in each schema version: three lists of the same length. */
export type MetricPlaces = {
  readonly schemas: readonly number[];
  /** Number of the metric, from 1. */
  readonly metrics: readonly number[];
  /** Position in the arrays, from 1 as SQL counts. */
  readonly places: readonly number[];
  /** How many metrics there are. */
  readonly count: number;
};

/** Devices by line, as an expression of SQL each: `lines` null makes them one line. */
export type SeriesDevices = {
  /** Of type bigint[]. */
  readonly keys: Prisma.Sql;
  /** Of type integer[]. */
  readonly lines: Prisma.Sql;
  /** Statements in front that both refer to; empty without any. */
  readonly with: Prisma.Sql;
};

/** A line as the database packs it; see the migration for `points`. */
export type SeriesRow = {
  readonly line: number;
  /** Least and greatest schema version in which the line has readings. */
  readonly oldestSchema: number;
  readonly newestSchema: number;
  readonly points: string;
};

const columns = Prisma.sql`line, oldest_schema AS "oldestSchema", newest_schema AS "newestSchema", points`;

/** Lines in buckets: for each metric readings, sum, least, greatest, and `withLast` the newest. */
export async function readBucketedSeries(
  tx: Tx,
  at: {
    readonly devices: SeriesDevices;
    readonly places: MetricPlaces;
    readonly parts: readonly SourcePart[];
    readonly bucketMs: number;
    readonly withLast: boolean;
  },
): Promise<readonly SeriesRow[]> {
  return tx.$queryRaw<SeriesRow[]>`
    ${at.devices.with} SELECT ${columns} FROM telemetry.bucketed_series(${at.devices.keys},
      ${at.devices.lines}, ${placesSql(at.places)},
      ${at.parts.map(({ source }) => source)}::text[],
      ${at.parts.map(({ from }) => isoTime(from))}::timestamptz[],
      ${at.parts.map(({ to }) => isoTime(to))}::timestamptz[],
      ${at.bucketMs}::bigint, ${at.withLast}::boolean)`;
}

/** Every reading: for each metric its value. */
export async function readSingleSeries(
  tx: Tx,
  at: Span & { readonly devices: SeriesDevices; readonly places: MetricPlaces },
): Promise<readonly SeriesRow[]> {
  return tx.$queryRaw<SeriesRow[]>`
    ${at.devices.with} SELECT ${columns} FROM telemetry.single_readings(${at.devices.keys},
      ${at.devices.lines}, ${placesSql(at.places)}, ${isoTime(at.from)}::timestamptz,
      ${isoTime(at.to)}::timestamptz)`;
}

/** Counts readings; of each device no more than `most`. */
export async function countReadings(
  tx: Tx,
  at: Span & { readonly devices: SeriesDevices; readonly most: number },
): Promise<CountedReadings> {
  const rows = await tx.$queryRaw<CountedReadings[]>`
    ${at.devices.with} SELECT of_one::double precision AS most, of_all::double precision AS all
    FROM telemetry.count_readings(${at.devices.keys}, ${isoTime(at.from)}::timestamptz,
      ${isoTime(at.to)}::timestamptz, ${at.most}::integer)`;
  return rows[0] ?? { most: 0, all: 0 };
}

/** Starts of the minutes whose rollups may lack readings, ascending; so many stand for all. */
export async function readRollupsBehind(tx: Tx, { from, to }: Span): Promise<readonly number[]> {
  const rows = await tx.$queryRaw<{ t: number }[]>`
    SELECT date_part('epoch', minute) * 1000 AS t
    FROM telemetry.rollups_behind(${isoTime(from)}::timestamptz, ${isoTime(to)}::timestamptz)
    ORDER BY minute LIMIT ${maxBehindMinutes}`;
  return rows.map(({ t }) => t);
}

/** As text: a year after 9999 or before 0 does not come here. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function placesSql({ schemas, metrics, places, count }: MetricPlaces): Prisma.Sql {
  return Prisma.sql`${[...schemas]}::integer[], ${[...metrics]}::integer[], ${[...places]}::integer[], ${count}::integer`;
}
