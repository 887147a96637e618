import type { IDisconnectPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { endConnection, refuseBroken } from "#server/gateway/mqtt/ending.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/** The client leaves, §3.14: its will is discarded [MQTT-3.14.4-3] unless it asks for it (0x04). */
export function handleDisconnect(
  connection: Connection,
  session: Session,
  packet: IDisconnectPacket,
): boolean {
  const code = packet.reasonCode ?? 0;
  const asked = packet.properties?.sessionExpiryInterval;
  // [MQTT-3.14.2-2]: a session that was to end with the connection cannot be prolonged.
  if (!session.asksForExpiry && (asked ?? 0) > 0) {
    const problem = "DISCONNECT asks to keep a session that CONNECT wanted to end.";
    refuseBroken(connection, "protocol-error", problem);
    return false;
  }
  const longest = session.limits.connection.maxSessionExpirySeconds;
  endConnection(connection, {
    reason: wordsOf(code),
    will: code === 0 ? "discard" : "publish",
    expirySeconds: asked === undefined ? undefined : Math.min(asked, longest),
  });
  return false;
}

const withWill = 0x04;

function wordsOf(code: number): string {
  if (code === 0 || code === withWill) return "closed by the device";
  return `closed by the device with reason 0x${code.toString(16)}`;
}
