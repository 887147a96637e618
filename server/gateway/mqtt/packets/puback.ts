import type { IPubackPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseBroken } from "#server/gateway/mqtt/ending.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/** The client has one of our deliveries, §3.4; its identifier is free again [MQTT-4.3.2-3]. */
export function handlePuback(
  connection: Connection,
  session: Session,
  { messageId = 0 }: IPubackPacket,
): boolean {
  // One that is not known may belong to an earlier connection.
  if (session.outbound.acknowledge(messageId) !== "out-of-turn") return true;
  refuseBroken(connection, "protocol-error", "PUBACK came for a delivery of QoS 2.");
  return false;
}
