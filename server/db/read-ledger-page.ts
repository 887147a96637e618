import type { Tx } from "#server/db/client.ts";

/** One count of the ledger; `minute` is ISO 8601. */
export type LedgerRow = {
  readonly minute: string;
  readonly transport: string;
  readonly profileId: string;
  readonly profile: string | null;
  readonly outcome: string;
  readonly reason: string;
  readonly count: number;
};

type Place = Pick<LedgerRow, "minute" | "transport" | "profileId" | "outcome" | "reason">;

/** The counts after `after` in the order of the table's key. */
export async function readLedgerPage(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly from: Date;
    readonly to: Date;
    readonly after: Place | undefined;
    readonly limit: number;
  },
): Promise<readonly LedgerRow[]> {
  const { after } = at;
  const first = after === undefined;
  const rows = await tx.$queryRaw<(Omit<LedgerRow, "minute"> & { readonly minute: Date })[]>`
    SELECT l.minute, l.transport, l.profile_id::text AS "profileId", p.name AS profile,
      l.outcome::text AS outcome, l.reason, l.count::double precision AS count
    FROM ledger_minute l
    LEFT JOIN profile p ON p.tenant_id = l.tenant_id AND p.id = l.profile_id
    WHERE l.tenant_id = ${at.tenantId}::uuid
      AND l.minute >= ${first ? at.from : new Date(after.minute)} AND l.minute < ${at.to}
      AND (${first} OR (l.minute, l.transport, l.profile_id, l.outcome, l.reason) > (
        ${after?.minute ?? at.from.toISOString()}::timestamptz, ${after?.transport ?? ""}::text,
        ${after?.profileId ?? "00000000-0000-0000-0000-000000000000"}::uuid,
        ${after?.outcome ?? "received"}::"LedgerOutcome", ${after?.reason ?? ""}::text))
    ORDER BY l.minute, l.transport, l.profile_id, l.outcome, l.reason LIMIT ${at.limit}`;
  return rows.map((row) => ({ ...row, minute: row.minute.toISOString() }));
}
