import pg from "pg";
import { checkSet, type SetVerdict } from "#e2e/chaos/check-set.ts";
import { findInversions, type StoredMessage } from "#e2e/chaos/check-order.ts";
import type { LoggedEvents } from "#e2e/chaos/event-log.ts";

/** What clients say and what the database holds, compared. */
export type Outcome = SetVerdict & {
  readonly acknowledged: number;
  readonly stored: number;
  /** Received earlier than what the device had sent before, on one connection. */
  readonly inverted: readonly string[];
  /** Messages received that no outcome of the ledger accounts for; of the whole installation. */
  readonly unaccounted: number;
  /** Stored by the ledger's count less the rows there are; of the whole installation. */
  readonly ledgerExcess: number;
  /** Retransmissions that were recognised: without any, deduplication was not put to the test. */
  readonly ledgerDuplicates: number;
  /** Values that rollups of finished minutes count too many or too few; of the whole installation. */
  readonly rollupDifference: number;
};

async function readStored(client: pg.Client, prefix: string): Promise<StoredMessage[]> {
  const { rows } = await client.query<{
    device: string;
    number: string;
    connection: string;
    received: string;
  }>(
    `SELECT d.device_id AS device, (r."values"[n.position + 1])::bigint AS number,
            (r."values"[c.position + 1])::bigint AS connection,
            (extract(epoch FROM r.received_at) * 1000000)::bigint AS received
       FROM telemetry.reading r JOIN device d ON d.key = r.device_key
       JOIN schema_field n ON n.schema_id = r.schema_id AND n.name = 'n'
       JOIN schema_field c ON c.schema_id = r.schema_id AND c.name = 'c'
      WHERE starts_with(d.device_id, $1)`,
    [prefix],
  );
  return rows.map((row) => ({
    device: row.device,
    number: Number(row.number),
    connection: Number(row.connection),
    receivedMicros: Number(row.received),
  }));
}

async function readLedger(client: pg.Client) {
  const { rows } = await client.query<Record<"unaccounted" | "excess" | "duplicates", string>>(
    `SELECT coalesce(sum(CASE outcome WHEN 'received' THEN count ELSE -count END), 0) AS unaccounted,
            coalesce(sum(count) FILTER (WHERE outcome = 'stored' AND reason = ''), 0)
              - (SELECT count(*) FROM telemetry.reading) AS excess,
            coalesce(sum(count) FILTER (WHERE outcome = 'duplicate'), 0) AS duplicates
       FROM ledger_minute`,
  );
  return rows[0];
}

/** At every instant a minute is either known to lack readings, or holds each of them once. */
async function readRollupDifference(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ difference: string }>(
    `WITH said AS (
       SELECT device_key, date_trunc('minute', ts, 'UTC') AS minute, count(v) AS n
       FROM telemetry.reading, unnest("values") AS u(v) GROUP BY 1, 2),
     rolled AS (
       SELECT device_key, bucket AS minute, sum(c) AS n
       FROM telemetry.rollup_minute, unnest(counts) AS u(c) GROUP BY 1, 2)
     SELECT coalesce(sum(abs(coalesce(s.n, 0) - coalesce(r.n, 0))), 0) AS difference
     FROM said s FULL JOIN rolled r USING (device_key, minute)
     WHERE minute NOT IN (SELECT b.minute FROM telemetry.rollups_behind('2000-01-01', '2100-01-01') AS b)`,
  );
  return Number(rows[0]?.difference);
}

/**
 * Compares the log with what is stored of the devices whose id begins with `prefix`, in one snapshot.
 */
export async function readOutcome(
  ownerUrl: string,
  { attempted, acknowledged }: Pick<LoggedEvents, "attempted" | "acknowledged">,
  prefix: string,
): Promise<Outcome> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    const stored = await readStored(client, prefix);
    const ledger = await readLedger(client);
    const rollupDifference = await readRollupDifference(client);
    await client.query("COMMIT");
    const keys = stored.map(({ device, number }) => `${device}/${number}`);
    return {
      ...checkSet({ attempted, acknowledged, stored: keys }),
      acknowledged: acknowledged.size,
      stored: stored.length,
      inverted: findInversions(stored),
      unaccounted: Number(ledger?.unaccounted),
      ledgerExcess: Number(ledger?.excess),
      ledgerDuplicates: Number(ledger?.duplicates),
      rollupDifference,
    };
  } finally {
    await client.end();
  }
}

/** Joins the outcomes of two parts of a run; what is of the whole installation is the later's. */
export function addOutcomes(earlier: Outcome, later: Outcome): Outcome {
  return {
    ...later,
    lost: [...earlier.lost, ...later.lost],
    duplicated: [...earlier.duplicated, ...later.duplicated],
    unexpected: [...earlier.unexpected, ...later.unexpected],
    inverted: [...earlier.inverted, ...later.inverted],
    acknowledged: earlier.acknowledged + later.acknowledged,
    stored: earlier.stored + later.stored,
  };
}

/** What is wrong with an outcome, one line each; nothing when every promise held. */
export function problemsOf(outcome: Outcome): readonly string[] {
  const some = (what: string, keys: readonly string[]) =>
    keys.length === 0 ? [] : [`${keys.length} ${what}: ${keys.slice(0, 5).join(", ")}`];
  return [
    ...some("acknowledged and lost", outcome.lost),
    ...some("stored twice", outcome.duplicated),
    ...some("stored and never sent", outcome.unexpected),
    ...some("out of order", outcome.inverted),
    ...(outcome.unaccounted === 0 ? [] : [`${outcome.unaccounted} unaccounted by the ledger`]),
    ...(outcome.ledgerExcess === 0
      ? []
      : [`the ledger counts ${outcome.ledgerExcess} more stored than there are rows`]),
    ...(outcome.rollupDifference === 0
      ? []
      : [`rollups differ from readings by ${outcome.rollupDifference} values`]),
  ];
}
