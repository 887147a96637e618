import type { Database } from "#server/db/client.ts";
import type { Difference, DifferenceKind } from "#server/domain/ledger-balance.ts";

type Row = {
  readonly tenantId: string;
  readonly minute: Date;
  readonly kind: DifferenceKind;
  readonly difference: string;
};

function toDifference({ tenantId, minute, kind, difference }: Row): Difference {
  return { tenantId, minute: minute.getTime(), kind, difference: BigInt(difference) };
}

/**
 * Minutes of all tenants that do not add up, in one statement and therefore one snapshot: a batch
 * that commits meanwhile is in it whole or not at all. What a replay counts is no letter of its
 * minute, and imported letters were never received.
 */
export async function findLedgerDifferences(
  db: Database,
  at: { readonly from: Date; readonly lettersFrom: Date; readonly to: Date },
): Promise<readonly Difference[]> {
  const result = await db.pool.query<Row>(
    `WITH counted AS MATERIALIZED (
       SELECT t.id AS tenant_id, l.minute, l.balance, l.letters
       FROM tenant t CROSS JOIN LATERAL (
         SELECT minute, sum(CASE WHEN outcome = 'received' THEN count ELSE -count END) AS balance,
           coalesce(sum(count) FILTER (WHERE outcome = 'dead_lettered' AND transport <> 'replay'), 0) AS letters
         FROM ledger_minute m WHERE m.tenant_id = t.id AND minute >= $1 AND minute < $3
         GROUP BY minute) AS l),
     kept AS MATERIALIZED (
       SELECT t.id AS tenant_id, k.minute, k.letters
       FROM tenant t CROSS JOIN LATERAL (
         SELECT date_trunc('minute', received_at, 'UTC') AS minute, count(*) AS letters
         FROM dead_letter d WHERE d.tenant_id = t.id AND received_at >= $2 AND received_at < $3
           AND direction = 'inbound' AND transport <> 'import'
         GROUP BY 1) AS k),
     compared AS (
       SELECT tenant_id, minute, coalesce(c.letters, 0) - coalesce(k.letters, 0) AS difference
       FROM (SELECT * FROM counted WHERE minute >= $2) AS c FULL JOIN kept AS k USING (tenant_id, minute))
     SELECT tenant_id AS "tenantId", minute, 'balance' AS kind, balance::text AS difference
     FROM counted WHERE balance <> 0
     UNION ALL
     SELECT tenant_id, minute, 'dead_letters', difference::text FROM compared WHERE difference <> 0
     ORDER BY 1, 2, 3`,
    [at.from, at.lettersFrom, at.to],
  );
  return result.rows.map(toDifference);
}

/** Differences that are not resolved, of all tenants. */
export async function readOpenDifferences(db: Database): Promise<readonly Difference[]> {
  const result = await db.pool.query<Row>(
    `SELECT tenant_id AS "tenantId", minute, kind, difference::text AS difference
     FROM ledger_difference WHERE resolved_at IS NULL ORDER BY 1, 2, 3 LIMIT 10000`,
  );
  return result.rows.map(toDifference);
}
