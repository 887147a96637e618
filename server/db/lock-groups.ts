import type { Tx } from "#server/db/client.ts";

/** Any constant; the other half is made of the organisation. */
const groupsLock = 7_294_821;

/** Until the end of the transaction nobody else changes which groups the organisation's groups name. */
export async function lockGroups(tx: Tx, tenantId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${groupsLock}::int, hashtext(${tenantId}))::text`;
}
