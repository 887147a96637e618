import type { Tx } from "#server/db/client.ts";

/** The organisation that runs the installation; undefined before it is set up. */
export async function operatorTenant(tx: Tx): Promise<string | undefined> {
  const rows = await tx.$queryRaw<{ id: string | null }[]>`SELECT operator_tenant() AS id`;
  return rows[0]?.id ?? undefined;
}
