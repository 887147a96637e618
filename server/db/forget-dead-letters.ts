import type pg from "pg";
import type { Database } from "#server/db/client.ts";

/** Letters of one transaction. */
const atOnce = 5_000;

/** One category of one tenant, and for how many days its letters are kept. */
export type LetterRetention = {
  readonly tenantId: string;
  readonly category: string;
  readonly days: number;
};

/** What tenants said about their letters (ingest role). */
export async function readLetterRetention(
  db: Database,
): Promise<{ readonly tenantIds: readonly string[]; readonly said: readonly LetterRetention[] }> {
  const tenants = await db.pool.query<{ id: string }>("SELECT id FROM tenant ORDER BY id");
  const said = await db.pool.query<LetterRetention>(
    `SELECT tenant_id AS "tenantId", category, days FROM dead_letter_retention`,
  );
  return { tenantIds: tenants.rows.map(({ id }) => id), said: said.rows };
}

/**
 * Deletes letters that are too old, in transactions of some thousands. Those that a replay works on
 * are left for the next time.
 * @returns how many
 */
export async function forgetDeadLetters(db: Database, of: LetterRetention): Promise<number> {
  let deleted = 0;
  for (;;) {
    const some = await inTransaction(db, (client) => forgetSome(client, of));
    deleted += some;
    if (some < atOnce) return deleted;
  }
}

/**
 * Deletes letters of a device, in transactions of some thousands. Those that a replay works on are
 * left for the next time.
 * @returns how many
 */
export async function eraseDeadLetters(
  db: Database,
  of: { readonly tenantId: string; readonly deviceKey: string },
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const some = await inTransaction(db, (client) =>
      deleteLetters(client, of.tenantId, {
        condition: "device_key = $3::bigint",
        values: [of.deviceKey],
      }),
    );
    deleted += some;
    if (some < atOnce) return deleted;
  }
}

function forgetSome(client: pg.PoolClient, of: LetterRetention): Promise<number> {
  return deleteLetters(client, of.tenantId, {
    condition: "category = $3 AND received_at < now() - make_interval(days => $4)",
    values: [of.category, of.days],
  });
}

/** @param which.condition with placeholders from $3 on */
async function deleteLetters(
  client: pg.PoolClient,
  tenantId: string,
  which: { readonly condition: string; readonly values: readonly unknown[] },
): Promise<number> {
  const gone = await client.query<{ fingerprint: string; count: number; open: number }>(
    `WITH old AS MATERIALIZED (
       SELECT id FROM dead_letter WHERE tenant_id = $1 AND ${which.condition}
       ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED),
     gone AS (
       DELETE FROM dead_letter l USING old WHERE l.tenant_id = $1 AND l.id = old.id
       RETURNING l.fingerprint, l.state)
     SELECT fingerprint, count(*)::integer AS count,
       (count(*) FILTER (WHERE state = 'open'))::integer AS open
     FROM gone GROUP BY fingerprint ORDER BY fingerprint`,
    [tenantId, atOnce, ...which.values],
  );
  const open = gone.rows.filter((row) => row.open > 0);
  const fingerprints = open.map(({ fingerprint }) => fingerprint);
  // In the order in which batches and replays lock them.
  await client.query(
    `SELECT FROM dead_letter_group WHERE tenant_id = $1 AND fingerprint = ANY($2)
     ORDER BY fingerprint FOR UPDATE`,
    [tenantId, fingerprints],
  );
  await client.query(
    `UPDATE dead_letter_group g SET open = g.open - e.count, expired = g.expired + e.count
     FROM unnest($2::text[], $3::integer[]) AS e(fingerprint, count)
     WHERE g.tenant_id = $1 AND g.fingerprint = e.fingerprint`,
    [tenantId, fingerprints, open.map((row) => row.open)],
  );
  return gone.rows.reduce((sum, { count }) => sum + count, 0);
}

/**
 * Deletes what is left of letters that are gone: groups of which nothing came for 30 days, their
 * hours, and the values that runs show.
 * @returns groups
 */
export async function forgetDeadLetterGroups(db: Database): Promise<number> {
  await db.pool.query("DELETE FROM dead_letter_hour WHERE hour < now() - interval '30 days'");
  // Samples and edited payloads hold what the letters held; the shortest time of the tenant counts.
  await db.pool.query(
    `UPDATE dead_letter_run r SET samples = '[]', selection = selection - 'payload'
     WHERE finished_at < now() - make_interval(days => least(30, (SELECT min(days)
         FROM dead_letter_retention t WHERE t.tenant_id = r.tenant_id)))
       AND (samples <> '[]' OR selection ? 'payload')`,
  );
  const groups = await db.pool.query(
    `DELETE FROM dead_letter_group g WHERE g.open = 0 AND g.last_at < now() - interval '30 days'
       AND NOT EXISTS (SELECT FROM dead_letter l
         WHERE l.tenant_id = g.tenant_id AND l.fingerprint = g.fingerprint)`,
  );
  return groups.rowCount ?? 0;
}

async function inTransaction<T>(
  db: Database,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await db.pool.connect();
  let failure: unknown = new Error("not finished");
  try {
    await client.query("BEGIN");
    const value = await work(client);
    await client.query("COMMIT");
    failure = undefined;
    return value;
  } finally {
    // A connection with an open transaction is not given back.
    client.release(failure !== undefined);
  }
}
