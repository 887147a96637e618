import type { IConnectPacket } from "mqtt-packet";
import { topicNameProblem } from "#server/broker/topic-filter.ts";
import { nothingForwarded } from "#server/broker/publication.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Session, Will } from "#server/gateway/mqtt/session.ts";
import { channelOf, type DeviceTopics } from "#server/gateway/mqtt/topics.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** The will of a CONNECT, judged as if it were published now: what is refused then is refused here. */
export function judgeWill(
  packet: IConnectPacket,
  topics: DeviceTopics,
): { readonly will?: Will; readonly refusal?: Refusal } {
  const { will } = packet;
  if (will === undefined) return {};
  const qos = will.qos ?? 0;
  // [MQTT-3.2.2-12]; 3.1.1 knows no such limit, so its QoS 2 will is refused as well.
  if (qos === 2) {
    return {
      refusal: {
        cause: "qos-unsupported",
        detail: "The will asks for QoS 2, which is not served yet.",
        remedy: "Set the will's QoS to 1.",
      },
    };
  }
  // [MQTT-3.2.2-13]. A 3.1.1 client cannot know; nobody may subscribe to its topics, so that
  // retaining or not makes no difference that anyone could see.
  if (will.retain === true && packet.protocolVersion === 5) {
    return {
      refusal: {
        cause: "retain-unsupported",
        detail: "The will asks to be retained, which is not served yet.",
        remedy: "Set the will's retain flag to 0.",
      },
    };
  }
  const problem = topicNameProblem(will.topic);
  const channel = problem === undefined ? channelOf(topics, will.topic) : undefined;
  if (channel === undefined) {
    return {
      refusal: {
        cause: "will-not-allowed",
        detail: `The will's topic ${quoted(will.topic)} ${problem ?? `is not below ${topics.up}`}.`,
        remedy: `Use a topic below ${topics.up}, for example ${topics.up}state.`,
      },
    };
  }
  const payload = Buffer.isBuffer(will.payload) ? will.payload : Buffer.from(will.payload);
  return { will: { topic: will.topic, channel, payload, qos } };
}

/** Publishes the will as a message of the device, [MQTT-3.1.2-8]; nobody waits for its fate. */
export function publishWill(connection: Connection, session: Session): void {
  const { will, device } = session;
  if (will === undefined) return;
  session.will = undefined;
  connection.gateway.ingest.accept({
    device,
    transport: connection.facts.transport,
    topic: will.topic,
    channel: will.channel,
    qos: will.qos,
    retain: false,
    payload: will.payload,
    receivedAt: performance.timeOrigin + performance.now(),
    expiresAt: undefined,
    forwarded: nothingForwarded,
    publisher: undefined,
    claimedBy: undefined,
    origin: connection,
    packetId: 0,
  });
}
