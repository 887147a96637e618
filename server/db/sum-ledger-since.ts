import type { Tx } from "#server/db/client.ts";

export type LedgerSums = {
  readonly received: bigint;
  /** received minus every outcome: 0 when nothing vanished. */
  readonly unaccounted: bigint;
  /** Received in the newest whole minute. */
  readonly newestMinute: bigint;
  readonly peakMinute: Date | null;
  readonly peakReceived: bigint;
};

/** The tenant's ledger since an instant, with its busiest minute. */
export async function sumLedgerSince(
  tx: Tx,
  at: { readonly tenantId: string; readonly since: Date; readonly now: Date },
): Promise<LedgerSums> {
  const rows = await tx.$queryRaw<LedgerSums[]>`
    WITH minutes AS (
      SELECT minute,
        COALESCE(sum(count) FILTER (WHERE outcome = 'received'), 0) AS received,
        COALESCE(sum(count) FILTER (WHERE outcome <> 'received'), 0) AS told
      FROM ledger_minute
      WHERE tenant_id = ${at.tenantId}::uuid AND minute >= ${at.since}::timestamptz
      GROUP BY minute
    ), peak AS (
      SELECT minute, received FROM minutes ORDER BY received DESC, minute DESC LIMIT 1
    )
    SELECT
      COALESCE(sum(m.received), 0)::bigint AS received,
      COALESCE(sum(m.received - m.told), 0)::bigint AS unaccounted,
      COALESCE(sum(m.received) FILTER (
        WHERE m.minute = date_trunc('minute', ${at.now}::timestamptz) - interval '1 minute'), 0)::bigint AS "newestMinute",
      (SELECT minute FROM peak) AS "peakMinute",
      COALESCE((SELECT received FROM peak), 0)::bigint AS "peakReceived"
    FROM minutes m`;
  const sums = rows[0];
  if (sums === undefined) throw new Error("An aggregate without GROUP BY gives one row.");
  return sums;
}
