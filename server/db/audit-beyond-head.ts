import type { Tx } from "#server/db/client.ts";

/** Number of the newest event that the head does not know; undefined when there is none. One statement, so both are of the same moment. */
export async function auditBeyondHead(tx: Tx, tenantId: string): Promise<bigint | undefined> {
  const rows = await tx.$queryRaw<{ seq: bigint | null }[]>`
    SELECT max(e.seq) AS seq FROM audit_event e
    WHERE e.tenant_id = ${tenantId}::uuid
      AND e.seq > coalesce((SELECT h.seq FROM audit_head h WHERE h.tenant_id = ${tenantId}::uuid), 0)`;
  return rows[0]?.seq ?? undefined;
}
