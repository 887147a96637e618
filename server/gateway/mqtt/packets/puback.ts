import type { IPubackPacket } from "mqtt-packet";
import type { Session } from "#server/gateway/mqtt/session.ts";

/** The client has one of our deliveries, §3.4; its identifier is free again. */
export function handlePuback(session: Session, packet: IPubackPacket): boolean {
  if (packet.messageId !== undefined) session.inflight.delete(packet.messageId);
  return true;
}
