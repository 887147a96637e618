import type { Tx } from "#server/db/client.ts";

/**
 * Forgets what other organisations have registered of a CA without proving possession of its key,
 * so that nobody keeps its owner from registering it.
 * @param ca.sha256 lower-case hex
 */
export async function releaseUnprovenCa(
  tx: Tx,
  ca: { readonly tenantId: string; readonly sha256: string },
): Promise<void> {
  await tx.$queryRaw`SELECT release_unproven_ca(${ca.sha256}, ${ca.tenantId}::uuid)::text`;
}
