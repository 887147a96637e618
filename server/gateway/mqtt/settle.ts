import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { pubackCodeOf } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import type { InboundMessage, Settlement } from "#server/ingest/message.ts";

type DeadLetter = Extract<Settlement, { readonly outcome: "dead_lettered" }>;

/** `dn/error` of the device contract: all that MQTT 3.1.1 and QoS 0 can be told. */
function tellError(
  connection: Connection,
  session: Session,
  message: InboundMessage,
  { reason, detail }: DeadLetter,
): void {
  const payload = {
    messageId: message.id ?? (message.packetId === 0 ? null : String(message.packetId)),
    topic: message.topic,
    reason,
    detail,
  };
  connection.deliver({
    topic: session.topics.error,
    payload: Buffer.from(JSON.stringify(payload)),
    qos: 1,
  });
}

/** Refusals whose turn has come: every publication before them is acknowledged [MQTT-4.6.0-2]. */
function sendLateRefusals(connection: Connection, session: Session): void {
  while (session.lateRefusals[0]?.after === session.settled) {
    const late = session.lateRefusals.shift();
    connection.flushAcknowledgements();
    if (late !== undefined) connection.write(late.packet);
  }
}

/**
 * Acknowledges a publication whose fate is decided and durable: PUBACK with 0x00 when it is stored
 * (also by an earlier copy), with the reason when it was kept as a dead letter [MQTT-4.3.2-4].
 */
export function settlePublication(
  connection: Connection,
  session: Session,
  message: InboundMessage,
  settlement: Settlement,
): void {
  const { packetId } = message;
  const deadLetter = settlement.outcome === "dead_lettered" ? settlement : undefined;
  if (packetId !== 0) {
    session.settled += 1;
    if (deadLetter === undefined || session.version === 4) {
      if (session.acknowledgements.push(packetId) === 1) {
        connection.gateway.acknowledger.add(connection);
      }
    } else {
      connection.send({
        cmd: "puback",
        messageId: packetId,
        reasonCode: pubackCodeOf(deadLetter.reason),
        ...(session.wantsProblems
          ? {
              properties: {
                reasonString: `${deadLetter.reason}: ${deadLetter.detail}`.slice(0, 500),
              },
            }
          : {}),
      });
    }
    if (session.lateRefusals.length > 0) sendLateRefusals(connection, session);
    const { receiveMaximum } = connection.gateway.limits;
    if (session.accepted - session.settled <= receiveMaximum / 2) connection.release(hold.window);
  }
  // MQTT 5 has said it in the PUBACK.
  if (deadLetter !== undefined && (session.version === 4 || packetId === 0)) {
    tellError(connection, session, message, deadLetter);
  }
}
