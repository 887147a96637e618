import type { Tx } from "#server/db/client.ts";

/** What a change needs to know of the service client that it changes. */
export type LockedServiceClient = {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly state: "active" | "suspended";
};

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Finds a service client of the tenant by UUID or user name and locks it until the transaction
 * ends, so that its changes follow each other.
 */
export async function lockServiceClient(
  tx: Tx,
  reference: string,
): Promise<LockedServiceClient | undefined> {
  const uuid = uuidText.test(reference) ? reference : null;
  const rows = await tx.$queryRaw<LockedServiceClient[]>`
    SELECT id, name, username, state::text AS state FROM service_client
    WHERE username = ${reference} OR id = ${uuid}::uuid LIMIT 1 FOR UPDATE`;
  return rows[0];
}
