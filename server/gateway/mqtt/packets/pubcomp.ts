import type { IPubcompPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseBroken } from "#server/gateway/mqtt/ending.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/** A QoS 2 delivery of ours is complete, §3.7; its identifier is free again. */
export function handlePubcomp(
  connection: Connection,
  session: Session,
  { messageId = 0 }: IPubcompPacket,
): boolean {
  if (session.outbound.complete(messageId) !== "out-of-turn") return true;
  refuseBroken(connection, "protocol-error", "PUBCOMP came before PUBREL was sent.");
  return false;
}
