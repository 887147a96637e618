import type { Tx } from "#server/db/client.ts";

/**
 * Ends a session of the transaction's tenant: what is kept of it is deleted, its connection is
 * closed by the worker that has it, a will that waits is published.
 * @returns false when there is no such session any more
 */
export async function endMqttSession(tx: Tx, sessionId: bigint): Promise<boolean> {
  const rows = await tx.$queryRaw<{ ended: boolean }[]>`
    SELECT mqtt_end_session(${sessionId}) AS ended`;
  return rows[0]?.ended === true;
}
