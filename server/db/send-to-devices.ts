import type { Tx } from "#server/db/client.ts";

/** What the server itself says to a device. */
export type MessageToDevice = {
  readonly deviceKey: bigint;
  readonly topic: string;
  readonly payload: Buffer;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds after which it waits no longer for a device that is away. */
  readonly expiresAt: number;
};

/**
 * Queues messages (QoS 1) for the sessions of devices that subscribe to their topics; sessions that
 * are away get them when they come. They go out when the transaction commits.
 * @returns to how many sessions each goes; 0 where the device subscribes to nothing of the kind
 */
export async function sendToDevices(
  tx: Tx,
  messages: readonly MessageToDevice[],
): Promise<readonly number[]> {
  if (messages.length === 0) return [];
  const rows = messages.map(({ deviceKey, topic, payload, at, expiresAt }) => ({
    device: deviceKey.toString(),
    topic,
    payload: payload.toString("base64"),
    received_at: at,
    expires_at: expiresAt,
  }));
  const sent = await tx.$queryRaw<{ sessions: number }[]>`
    SELECT sessions FROM mqtt_send_to_devices(${JSON.stringify(rows)}::json) ORDER BY ordinal`;
  return sent.map(({ sessions }) => sessions);
}
