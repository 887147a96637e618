import type { ISubscribePacket, ISubscription } from "mqtt-packet";
import { parseShared, topicFilterProblem } from "#server/broker/topic-filter.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { maySubscribe } from "#server/gateway/mqtt/topics.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** 3.1.1 §3.9.3 has one code for every failure. */
const failure = 0x80;

type Verdict =
  | { readonly code: 0 | 1; readonly refusal?: undefined }
  | { readonly code: number; readonly refusal: Refusal };

function judge(session: Session, { topic, qos }: ISubscription, maxSubscriptions: number): Verdict {
  const { down } = session.topics;
  const remedy = `Subscribe to ${down}# or to topics below it.`;
  const problem = topicFilterProblem(topic);
  if (problem !== undefined) {
    const detail = `The topic filter ${quoted(topic)} ${problem}.`;
    return {
      code: reasonCode.topicFilterInvalid,
      refusal: { cause: "topic-invalid", detail, remedy },
    };
  }
  if (parseShared(topic) !== undefined) {
    const detail = `The filter ${quoted(topic)} is a shared subscription, which is not served yet.`;
    return {
      code: reasonCode.sharedSubscriptionsNotSupported,
      refusal: { cause: "subscribe-not-allowed", detail, remedy },
    };
  }
  if (!maySubscribe(session.topics, topic)) {
    const detail = `${session.device.deviceId} may not subscribe to ${quoted(topic)}.`;
    return {
      code: reasonCode.notAuthorized,
      refusal: { cause: "subscribe-not-allowed", detail, remedy },
    };
  }
  if (!session.subscriptions.has(topic) && session.subscriptions.size >= maxSubscriptions) {
    const detail = `${session.device.deviceId} has ${maxSubscriptions} subscriptions, which is the limit.`;
    return { code: reasonCode.quotaExceeded, refusal: { cause: "quota", detail, remedy } };
  }
  return { code: qos === 0 ? 0 : 1 };
}

/** §3.8: one verdict for each filter, in the order of the filters [MQTT-3.9.3-1]. */
export function handleSubscribe(
  connection: Connection,
  session: Session,
  packet: ISubscribePacket,
): boolean {
  const refused = protocolRefusal(packet);
  if (refused !== undefined) {
    connection.refuse(refused);
    return false;
  }
  const granted: number[] = [];
  for (const subscription of packet.subscriptions) {
    const { maxSubscriptions } = connection.gateway.limits;
    const { code, refusal } = judge(session, subscription, maxSubscriptions);
    granted.push(refusal === undefined || session.version === 5 ? code : failure);
    if (refusal !== undefined) connection.record(refusal);
    // [MQTT-3.8.4-3]: an existing subscription is replaced. QoS 2 is granted as QoS 1 [MQTT-3.8.4-6].
    else session.subscriptions.set(subscription.topic, code === 0 ? 0 : 1);
  }
  // [MQTT-3.8.4-1], [MQTT-3.8.4-2]
  connection.send({ cmd: "suback", messageId: packet.messageId ?? 0, granted });
  return true;
}

function protocolRefusal(packet: ISubscribePacket): Refusal | undefined {
  const remedy = "Update or correct the client's MQTT library.";
  // [MQTT-3.8.3-2]
  if (packet.subscriptions.length === 0) {
    return { cause: "protocol-error", detail: "SUBSCRIBE holds no topic filter.", remedy };
  }
  // [MQTT-2.2.1-3]
  if ((packet.messageId ?? 0) < 1) {
    return { cause: "protocol-error", detail: "SUBSCRIBE has no packet identifier.", remedy };
  }
  // CONNACK said that they are not available, §3.2.2.3.12.
  if (packet.properties?.subscriptionIdentifier !== undefined) {
    return {
      cause: "subscription-identifier",
      detail: "SUBSCRIBE has a subscription identifier, which is not served yet.",
      remedy: "Subscribe without a subscription identifier.",
    };
  }
  return undefined;
}
