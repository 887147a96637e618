import { nameOf } from "#server/gateway/identify/principal.ts";
import { encode } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { reasonText, refuse } from "#server/gateway/mqtt/ending.ts";
import type { ReadPublish } from "#server/gateway/mqtt/packets/read-publish.ts";
import { remedyFor } from "#server/gateway/mqtt/permissions.ts";
import { reasonCodeOf } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { answerInTurn } from "#server/gateway/mqtt/settle.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import { noProfileId } from "#server/pipeline/message.ts";

function refusalOf({ principal }: Session, { topic }: ReadPublish): Refusal {
  const remedy = remedyFor(principal, "publish", topic.name);
  if (topic.problem === undefined) {
    const detail = `${nameOf(principal)} may not publish to ${quoted(topic.name)}.`;
    return { cause: "publish-not-allowed", detail, remedy };
  }
  const detail = `The topic name ${quoted(topic.name)} ${topic.problem}.`;
  return { cause: "topic-invalid", detail, remedy };
}

/**
 * The client may not publish there [MQTT-3.3.5-2]. MQTT 5 with QoS 1 or 2 is told in the PUBACK or
 * PUBREC and goes on; there is no such word for QoS 0 and in 3.1.1, and acknowledging would claim
 * that the message is stored, so these are disconnected.
 */
export function refusePublish(
  connection: Connection,
  session: Session,
  packet: ReadPublish,
): boolean {
  const { principal, tenantId } = session;
  const refusal = refusalOf(session, packet);
  const profileId = principal.kind === "device" ? principal.device.profileId : noProfileId;
  const { transport } = connection.facts;
  const { receivedAt } = connection;
  // What those say who only enrol a device is no message, and in no ledger.
  if (principal.kind !== "enrolment") {
    connection.gateway.ingest.reject({ tenantId, profileId, transport, receivedAt }, refusal.cause);
  }
  if (session.version === 4 || packet.qos === 0) {
    refuse(connection, refusal);
    return false;
  }
  connection.record(refusal);
  const answer = encode(
    {
      cmd: packet.qos === 1 ? "puback" : "pubrec",
      messageId: packet.packetId,
      reasonCode: reasonCodeOf(refusal.cause),
      // [MQTT-3.1.2-29]
      ...(session.wantsProblems ? { properties: { reasonString: reasonText(refusal) } } : {}),
    },
    5,
    session.maximumPacketSize,
  );
  answerInTurn(connection, session, answer);
  return true;
}
