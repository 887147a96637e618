import type { IUnsubscribePacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

const noSubscriptionExisted = 0x11;

/** §3.10: filters are compared character by character [MQTT-3.10.4-1]. */
export function handleUnsubscribe(
  connection: Connection,
  session: Session,
  packet: IUnsubscribePacket,
): boolean {
  const { messageId = 0, unsubscriptions } = packet;
  // [MQTT-3.10.3-2], [MQTT-2.2.1-3]
  if (unsubscriptions.length === 0 || messageId < 1) {
    connection.refuse({
      cause: "protocol-error",
      detail: "UNSUBSCRIBE holds no topic filter or no packet identifier.",
      remedy: "Update or correct the client's MQTT library.",
    });
    return false;
  }
  const granted = unsubscriptions.map((filter) =>
    session.subscriptions.delete(filter) ? 0 : noSubscriptionExisted,
  );
  // [MQTT-3.10.4-4], [MQTT-3.10.4-5]: answered also when nothing was deleted.
  connection.send({ cmd: "unsuback", messageId, granted });
  return true;
}
