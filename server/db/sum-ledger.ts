import type { Tx } from "#server/db/client.ts";

export type LedgerSum = {
  readonly outcome: string;
  readonly reason: string;
  readonly count: bigint;
};

export type LedgerPart = {
  readonly transport: string;
  readonly profileId: string;
  readonly outcome: string;
  readonly count: bigint;
};

/** Messages of one step: received, and what became of them. */
export type LedgerStep = {
  readonly at: Date;
  readonly received: bigint;
  readonly stored: bigint;
  readonly duplicate: bigint;
  readonly filtered: bigint;
  readonly deadLettered: bigint;
  readonly rejected: bigint;
  readonly shed: bigint;
  readonly unaccounted: bigint;
};

type Range = { readonly tenantId: string; readonly from: Date; readonly to: Date };

/** What became of the tenant's messages, by outcome and reason. */
export async function sumLedger(tx: Tx, at: Range): Promise<readonly LedgerSum[]> {
  return tx.$queryRaw<LedgerSum[]>`
    SELECT outcome::text AS outcome, reason, sum(count)::bigint AS count FROM ledger_minute
    WHERE tenant_id = ${at.tenantId}::uuid AND minute >= ${at.from} AND minute < ${at.to}
    GROUP BY outcome, reason ORDER BY outcome, reason`;
}

/** The same by transport and profile. */
export async function sumLedgerByPart(tx: Tx, at: Range): Promise<readonly LedgerPart[]> {
  return tx.$queryRaw<LedgerPart[]>`
    SELECT transport, profile_id AS "profileId", outcome::text AS outcome, sum(count)::bigint AS count
    FROM ledger_minute
    WHERE tenant_id = ${at.tenantId}::uuid AND minute >= ${at.from} AND minute < ${at.to}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 20000`;
}

/** The same over time, in steps of whole minutes; steps without messages are left out. */
export async function sumLedgerByStep(
  tx: Tx,
  at: Range & { readonly stepMinutes: number },
): Promise<readonly LedgerStep[]> {
  return tx.$queryRaw<LedgerStep[]>`
    SELECT date_bin(make_interval(mins => ${at.stepMinutes}::integer), minute, 'epoch'::timestamptz) AS at,
      coalesce(sum(count) FILTER (WHERE outcome = 'received'), 0)::bigint AS received,
      coalesce(sum(count) FILTER (WHERE outcome = 'stored'), 0)::bigint AS stored,
      coalesce(sum(count) FILTER (WHERE outcome = 'duplicate'), 0)::bigint AS duplicate,
      coalesce(sum(count) FILTER (WHERE outcome = 'filtered'), 0)::bigint AS filtered,
      coalesce(sum(count) FILTER (WHERE outcome = 'dead_lettered'), 0)::bigint AS "deadLettered",
      coalesce(sum(count) FILTER (WHERE outcome = 'rejected'), 0)::bigint AS rejected,
      coalesce(sum(count) FILTER (WHERE outcome = 'shed'), 0)::bigint AS shed,
      sum(CASE WHEN outcome = 'received' THEN count ELSE -count END)::bigint AS unaccounted
    FROM ledger_minute
    WHERE tenant_id = ${at.tenantId}::uuid AND minute >= ${at.from} AND minute < ${at.to}
    GROUP BY 1 ORDER BY 1`;
}
