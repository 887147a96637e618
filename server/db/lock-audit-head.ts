import type { Tx } from "#server/db/client.ts";

/**
 * Locks the newest link of the tenant's audit chain until the transaction ends (creating it before
 * the first event). `at` is the database's clock after the lock, so order and time agree.
 */
export async function lockAuditHead(
  tx: Tx,
  tenantId: string,
): Promise<{ readonly seq: bigint; readonly hash: Uint8Array; readonly at: Date }> {
  const rows = await tx.$queryRaw<{ seq: bigint; hash: Uint8Array }[]>`
    INSERT INTO audit_head (tenant_id, seq, hash)
    VALUES (${tenantId}::uuid, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (tenant_id) DO UPDATE SET seq = audit_head.seq
    RETURNING seq, hash`;
  const clock = await tx.$queryRaw<
    { at: Date }[]
  >`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`;
  const head = rows[0];
  const at = clock[0]?.at;
  if (head === undefined || at === undefined) throw new Error("The audit chain has no head.");
  return { ...head, at };
}
