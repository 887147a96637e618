import type { Tx } from "#server/db/client.ts";

/** What a change needs to know of the profile that it changes. */
export type LockedProfile = {
  readonly id: string;
  readonly name: string;
  /** Gains fields by itself. */
  readonly open: boolean;
};

/** Locks a profile of the tenant until the transaction ends, so that changes of one follow each other. */
export async function lockProfile(
  tx: Tx,
  tenantId: string,
  profileId: string,
): Promise<LockedProfile | undefined> {
  const rows = await tx.$queryRaw<LockedProfile[]>`
    SELECT id, name, open FROM profile
    WHERE tenant_id = ${tenantId}::uuid AND id = ${profileId}::uuid FOR UPDATE`;
  return rows[0];
}
