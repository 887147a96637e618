import type { Tx } from "#server/db/client.ts";

/** Makes two set-ups at the same moment wait for each other until the transaction ends. */
export async function lockSetup(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(7294816303)::text`;
}
