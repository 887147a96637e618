import type { Tx } from "#server/db/client.ts";

/** Rollups that wait, over all workers. */
export type RollupState = {
  /** Minutes of which workers hold readings that are not merged yet. */
  readonly openMinutes: number;
  /** Minutes that are to be computed from their readings. */
  readonly dueMinutes: number;
  readonly oldestOpen: Date | null;
  readonly oldestDue: Date | null;
  /** Workers that hold some. */
  readonly holders: number;
};

/** Reads it (application role). */
export async function readRollupState(tx: Tx): Promise<RollupState> {
  const rows = await tx.$queryRaw<RollupState[]>`
    SELECT open_minutes::integer AS "openMinutes", due_minutes::integer AS "dueMinutes",
      oldest_open AS "oldestOpen", oldest_due AS "oldestDue", holders::integer AS holders
    FROM telemetry.rollup_state()`;
  return (
    rows[0] ?? { openMinutes: 0, dueMinutes: 0, oldestOpen: null, oldestDue: null, holders: 0 }
  );
}

/** A day of readings, as it is stored. */
export type ReadingDay = {
  /** ISO 8601 date. */
  readonly day: string;
  readonly bytes: number;
  readonly rows: number;
  readonly orderedAt: Date | null;
  /** too-large, in-use; empty where nothing was decided. */
  readonly outcome: string;
  /** Over for so long that it may be put in order. */
  readonly closed: boolean;
};

/** The newest days that hold readings, newest first (application role). */
export async function readReadingDays(tx: Tx, most: number): Promise<readonly ReadingDay[]> {
  const rows = await tx.$queryRaw<
    (Omit<ReadingDay, "bytes" | "rows"> & { readonly bytes: bigint; readonly rows: bigint })[]
  >`
    SELECT to_char(d.date, 'YYYY-MM-DD') AS day, pg_total_relation_size(c.oid) AS bytes,
      greatest(c.reltuples, 0)::bigint AS rows, p.clustered_at AS "orderedAt",
      coalesce(p.outcome, '') AS outcome, d.date <= (now() AT TIME ZONE 'UTC')::date - 2 AS closed
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      CROSS JOIN LATERAL (SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS date) AS d
      LEFT JOIN telemetry.partition_state p ON p.partition = c.relname
    WHERE i.inhparent = to_regclass('telemetry.reading') AND c.relname ~ '^reading_[0-9]{8}$'
      AND pg_relation_size(c.oid) > 0
    ORDER BY 1 DESC LIMIT ${most}::integer`;
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes), rows: Number(row.rows) }));
}

/** What the database server offers for time series. */
export type TimescaleState = {
  readonly available: boolean;
  /** Its version where it is installed in this database. */
  readonly installed: string | null;
};

/** Looks for the extension (application role). */
export async function readTimescale(tx: Tx): Promise<TimescaleState> {
  const rows = await tx.$queryRaw<TimescaleState[]>`
    SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') AS available,
      (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS installed`;
  return rows[0] ?? { available: false, installed: null };
}

/** How many of the coming days have their partitions already (application role). */
export async function readPartitionsAhead(tx: Tx): Promise<number> {
  const rows = await tx.$queryRaw<{ ahead: number }[]>`
    SELECT telemetry.partitions_ahead() AS ahead`;
  return rows[0]?.ahead ?? 0;
}

/** Asks for the rollups of a range to be computed anew (application role). @returns minutes */
export async function askForRebuild(
  tx: Tx,
  range: { readonly from: Date; readonly to: Date },
): Promise<number> {
  const rows = await tx.$queryRaw<{ minutes: number }[]>`
    SELECT telemetry.rebuild_rollups(${range.from}::timestamptz, ${range.to}::timestamptz) AS minutes`;
  return rows[0]?.minutes ?? 0;
}
