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
  // A PUBREL that is sent again meanwhile costs nothing: its answer is on the way.
  if (state === "releasing") return true;
  const complete = (): void => {
    inbound.ids.delete(messageId);
    // Those of an earlier connection do not count for the window.
    if (state === "received") inbound.open -= 1;
    sendPubcomp(connection, messageId, reasonCode.success);
  };
  if (handle.id === undefined || handle.expirySeconds === 0) {
    complete();
    return true;
  }
  const { background, store } = connection.gateway;
  inbound.ids.set(messageId, "releasing");
  background.run("packet_id.not_released", async () => {
    try {
      const isOurs = await store.forgetInbound(handle, messageId);
      if (isOurs && !connection.isOver) complete();
    } catch (error) {
      // The client's next PUBREL tries again.
      inbound.ids.set(messageId, state);
      throw error;
    }
  });
  return true;
}

function sendPubcomp(connection: Connection, messageId: number, code: number): void {
  connection.send({ cmd: "pubcomp", messageId, reasonCode: code });
}
