import type { Tx } from "#server/db/client.ts";
import type { Difference } from "#server/domain/ledger-balance.ts";

type Written = { readonly tenantId: string; readonly now: Date };

/** As the statement takes them. */
function recordsOf(differences: readonly Difference[]): string {
  return JSON.stringify(
    differences.map(({ minute, kind, difference }) => ({
      minute: new Date(minute).toISOString(),
      kind,
      difference: difference.toString(),
    })),
  );
}

/** Keeps what was found. One that comes back or changes is new to whoever acknowledged the old one. */
export async function keepDifferences(
  tx: Tx,
  at: Written & { readonly differences: readonly Difference[] },
): Promise<void> {
  if (at.differences.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO ledger_difference AS d (tenant_id, minute, kind, difference, first_seen_at, last_seen_at)
    SELECT ${at.tenantId}::uuid, r.minute, r.kind, r.difference, ${at.now}, ${at.now}
    FROM json_to_recordset(${recordsOf(at.differences)}::json) AS r(minute timestamptz, kind text, difference bigint)
    ON CONFLICT (tenant_id, minute, kind) DO UPDATE SET difference = EXCLUDED.difference,
      last_seen_at = EXCLUDED.last_seen_at, resolved_at = NULL,
      acknowledged_at = CASE WHEN d.resolved_at IS NULL AND d.difference = EXCLUDED.difference THEN d.acknowledged_at END,
      acknowledged_by = CASE WHEN d.resolved_at IS NULL AND d.difference = EXCLUDED.difference THEN d.acknowledged_by END`;
}

/** What adds up again is kept as resolved. */
export async function resolveDifferences(
  tx: Tx,
  at: Written & { readonly differences: readonly Difference[] },
): Promise<void> {
  if (at.differences.length === 0) return;
  await tx.$executeRaw`
    UPDATE ledger_difference d SET resolved_at = ${at.now}
    FROM json_to_recordset(${recordsOf(at.differences)}::json) AS r(minute timestamptz, kind text)
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.minute = r.minute AND d.kind = r.kind`;
}
