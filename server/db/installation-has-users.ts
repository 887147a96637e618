import type { Tx } from "#server/db/client.ts";

/** Whether anyone, of whichever organisation, has an account. */
export async function installationHasUsers(tx: Tx): Promise<boolean> {
  const rows = await tx.$queryRaw<{ known: boolean }[]>`SELECT installation_has_users() AS known`;
  return rows[0]?.known ?? false;
}
