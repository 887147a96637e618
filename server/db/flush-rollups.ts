import type pg from "pg";
import type { Database } from "#server/db/client.ts";
import { hourNumbersOf, rollupStatements } from "#server/db/merge-rollups.ts";
import { hoursOf, type Rollup } from "#server/telemetry/rollup.ts";

/** A minute of which a worker holds readings. */
export type HeldMinute = {
  /** Epoch milliseconds. */
  readonly ms: number;
  /** Of the batch that opened it. */
  readonly sequence: number;
  /** Transactions that stored the first and the last of the readings held. */
  readonly firstXid: string;
  readonly lastXid: string;
};

/** A row of a rollup with the minute that it is of. */
export type HeldRollup = { readonly minute: HeldMinute; readonly rollup: Rollup };

type Judged = {
  readonly ms: string;
  readonly held: boolean;
  readonly first_in: boolean;
  readonly last_in: boolean;
};

/** What is to be done with what a worker holds of a minute. */
type Verdict = "add" | "drop" | "rebuild";

/**
 * Adds what a worker holds to the rollups, in one transaction (ingest role). Readings that a rebuild
 * took in are left out; where it took in some of them the minute is rebuilt once more; and what was
 * taken over from this worker is somebody else's.
 * @throws what the database throws; the caller must then have the minutes rebuilt, since they may be in
 */
export async function flushRollups(
  db: Database,
  workerId: string,
  held: readonly HeldRollup[],
): Promise<void> {
  if (held.length === 0) return;
  const client = await db.pool.connect();
  let failed = true;
  try {
    await client.query("BEGIN");
    const hours = hourNumbersOf(held.map(({ rollup }) => rollup));
    await client.query(rollupStatements.lockHours, [JSON.stringify(hours)]);
    const verdicts = await judge(client, workerId, new Set(held.map(({ minute }) => minute)));
    const rebuild = [...verdicts].filter(([, verdict]) => verdict === "rebuild");
    if (rebuild.length > 0)
      await markDue(
        client,
        rebuild.map(([ms]) => ms),
      );
    await mergeAll(
      client,
      held.flatMap(({ minute, rollup }) => (verdicts.get(minute.ms) === "add" ? [rollup] : [])),
    );
    await client.query("COMMIT");
    failed = false;
  } finally {
    client.release(failed);
  }
}

async function judge(
  client: pg.PoolClient,
  workerId: string,
  minutes: ReadonlySet<HeldMinute>,
): Promise<ReadonlyMap<number, Verdict>> {
  const asked = Array.from(minutes, ({ ms, sequence, firstXid, lastXid }) => ({
    ms,
    sequence,
    first_xid: firstXid,
    last_xid: lastXid,
  }));
  const { rows } = await client.query<Judged>(
    `SELECT r.ms::text,
       EXISTS (SELECT FROM telemetry.rollup_open o WHERE o.worker_id = $1 AND o.sequence = r.sequence
         AND o.minute = to_timestamp(r.ms / 1000)) AS held,
       coalesce(pg_visible_in_snapshot(r.first_xid, b.snapshot), false) AS first_in,
       coalesce(pg_visible_in_snapshot(r.last_xid, b.snapshot), false) AS last_in
     FROM json_to_recordset($2::json) AS r(ms bigint, sequence bigint, first_xid xid8, last_xid xid8)
     LEFT JOIN telemetry.rollup_rebuilt b ON b.minute = to_timestamp(r.ms / 1000)`,
    [workerId, JSON.stringify(asked)],
  );
  return new Map(rows.map((row) => [Number(row.ms), verdictOf(row)]));
}

/** Batches of a worker follow each other, so a rebuild that saw one of them saw all before it. */
function verdictOf({ held, first_in, last_in }: Judged): Verdict {
  if (!held || last_in) return "drop";
  return first_in ? "rebuild" : "add";
}

async function mergeAll(client: pg.PoolClient, rollups: readonly Rollup[]): Promise<void> {
  if (rollups.length === 0) return;
  const rowsOf = (all: readonly Rollup[]): string =>
    JSON.stringify(all.map((each) => each.toRow()));
  await client.query(rollupStatements.mergeMinutes, [rowsOf(rollups)]);
  await client.query(rollupStatements.mergeHours, [rowsOf(hoursOf(rollups))]);
}

/** Asks for a rebuild of minutes, in the transaction at work. */
async function markDue(client: pg.PoolClient, minutes: readonly number[]): Promise<void> {
  await client.query(
    `INSERT INTO telemetry.rollup_due AS d (minute)
     SELECT to_timestamp(value::bigint / 1000) FROM json_array_elements_text($1::json) ORDER BY 1
     ON CONFLICT (minute) DO UPDATE SET since = clock_timestamp(), rebuilt = false`,
    [JSON.stringify(minutes)],
  );
}

/** A minute as the batch opened it. */
export type OpenedMinute = Pick<HeldMinute, "ms" | "sequence">;

/**
 * The worker holds nothing of these minutes any more (ingest role).
 * @param mustRebuild whether what it held is lost, or was added nobody knows how often
 */
export async function closeMinutes(
  db: Database,
  workerId: string,
  at: { readonly minutes: readonly OpenedMinute[]; readonly mustRebuild: boolean },
): Promise<void> {
  if (at.minutes.length === 0) return;
  const client = await db.pool.connect();
  let failed = true;
  try {
    await client.query("BEGIN");
    if (at.mustRebuild) await markDue(client, [...new Set(at.minutes.map(({ ms }) => ms))]);
    await client.query(
      `DELETE FROM telemetry.rollup_open o
       USING json_to_recordset($2::json) AS r(ms bigint, sequence bigint)
       WHERE o.worker_id = $1 AND o.sequence = r.sequence AND o.minute = to_timestamp(r.ms / 1000)`,
      [workerId, JSON.stringify(at.minutes)],
    );
    await client.query("COMMIT");
    failed = false;
  } finally {
    client.release(failed);
  }
}
