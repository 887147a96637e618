import type { IDisconnectPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

const withWill = 0x04;

/** The client leaves, §3.14: its will is discarded [MQTT-3.14.4-3] unless it asks for it. */
export function handleDisconnect(
  connection: Connection,
  session: Session,
  packet: IDisconnectPacket,
): boolean {
  const code = packet.reasonCode ?? 0;
  // §3.14.2.2.2: a session that was to end with the connection cannot be prolonged.
  if (!session.wantsSessionExpiry && (packet.properties?.sessionExpiryInterval ?? 0) > 0) {
    connection.refuse({
      cause: "protocol-error",
      detail: "DISCONNECT asks to keep a session that CONNECT wanted to end.",
      remedy: "Update or correct the client's MQTT library.",
    });
    return false;
  }
  const reason =
    code === 0 || code === withWill
      ? "closed by the device"
      : `closed by the device with reason 0x${code.toString(16)}`;
  connection.end({ reason, will: code !== 0 });
  return false;
}
