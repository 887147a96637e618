import type { IPubrelPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseBroken } from "#server/gateway/mqtt/ending.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/**
 * The client releases the packet identifier of a QoS 2 publication, §3.6. PUBCOMP [MQTT-4.3.3-11]
 * lets it use the identifier anew, so that is committed first where the session is kept.
 */
export function handlePubrel(
  connection: Connection,
  session: Session,
  { messageId = 0 }: IPubrelPacket,
): boolean {
  const { inbound, handle } = session;
  const state = inbound.ids.get(messageId);
  if (state === "pending") {
    refuseBroken(connection, "protocol-error", "PUBREL came before PUBREC was sent.");
    return false;
  }
  if (state === undefined) {
    sendPubcomp(connection, messageId, reasonCode.packetIdentifierNotFound);
    return true;
  }
  const complete = (): void => {
    // A PUBREL that was sent twice is answered twice, and counts once.
    const counts = inbound.ids.get(messageId) === "received";
    inbound.ids.delete(messageId);
    if (counts) inbound.open -= 1;
    sendPubcomp(connection, messageId, reasonCode.success);
  };
  if (handle.id === undefined || handle.expirySeconds === 0) {
    complete();
    return true;
  }
  const { background, store } = connection.gateway;
  background.run("packet_id.not_released", async () => {
    const isOurs = await store.forgetInbound(handle, messageId);
    if (isOurs && !connection.isOver) complete();
  });
  return true;
}

function sendPubcomp(connection: Connection, messageId: number, code: number): void {
  connection.send({ cmd: "pubcomp", messageId, reasonCode: code });
}
