import type { IPubrecPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseBroken } from "#server/gateway/mqtt/ending.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/**
 * The client has one of our QoS 2 deliveries, §3.5: PUBREL follows once that is committed
 * [MQTT-4.3.3-4], or nothing when it refuses the delivery [MQTT-4.3.3-3].
 */
export function handlePubrec(
  connection: Connection,
  session: Session,
  { messageId = 0, reasonCode: code = 0 }: IPubrecPacket,
): boolean {
  const failed = code >= 0x80;
  switch (session.outbound.received(messageId, failed)) {
    case "expected":
      return true;
    case "unknown":
      // The client then forgets the identifier as well; §3.6.2.1.
      if (!failed) sendPubrel(connection, messageId, reasonCode.packetIdentifierNotFound);
      return true;
    case "out-of-turn":
      refuseBroken(connection, "protocol-error", "PUBREC came for a delivery of QoS 1.");
      return false;
  }
}

/** [MQTT-4.3.3-4]; a reason is told to MQTT 5 alone. */
function sendPubrel(connection: Connection, messageId: number, code: number): void {
  connection.send({ cmd: "pubrel", messageId, reasonCode: code });
}
