import { matchesTopic, parseShared } from "#server/broker/topic-filter.ts";
import type { Qos } from "#server/broker/publication.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { deviceTopics } from "#server/gateway/mqtt/topics.ts";
import type { AcceptedMessage, Settlement } from "#server/pipeline/message.ts";

/** Something that the server itself sends to a device. */
export type Downlink = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
};

/** What became of a downlink. It goes by the client's queue, so that nobody waits for it. */
export type DeliveryOutcome = "queued" | "no-subscription";

const nothing = Buffer.alloc(0);

/** What the matching subscriptions together ask for [MQTT-3.3.4-2]; undefined when none does. */
function wanted(session: Session, topic: string) {
  let qos: Qos | undefined;
  const identifiers: number[] = [];
  for (const subscription of session.subscriptions.values()) {
    const filter = parseShared(subscription.filter)?.filter ?? subscription.filter;
    if (!matchesTopic(filter, topic)) continue;
    if (qos === undefined || subscription.qos > qos) qos = subscription.qos;
    if (subscription.identifier !== undefined) identifiers.push(subscription.identifier);
  }
  return qos === undefined ? undefined : { qos, identifiers };
}

/** Sends a message of the server to one client if it has subscribed to its topic. */
export function deliverDownlink(
  connection: Connection,
  session: Session,
  { topic, payload, qos }: Downlink,
): DeliveryOutcome {
  const match = wanted(session, topic);
  if (match === undefined) return "no-subscription";
  const { gateway } = connection;
  const message = {
    publication: {
      topic,
      payload,
      expiresAt: undefined,
      receivedAt: gateway.now(),
      forwarded: nothing,
    },
    qos: qos < match.qos ? qos : match.qos,
    retain: false,
    identifiers: match.identifiers,
  };
  if (message.qos === 0 || session.handle.expirySeconds === 0) {
    session.outbound.deliver({ ...message, seq: undefined });
    return "queued";
  }
  gateway.background.run("downlink.not_queued", async () => {
    const [seq] = await gateway.store.enqueue(session.handle, [message]);
    if (seq !== undefined) session.outbound.deliver({ ...message, seq });
  });
  return "queued";
}

/** Sends to every connection of the device that has subscribed to the topic. */
export function deliverToDevice(
  { sessions }: Pick<MqttGateway, "sessions">,
  deviceKey: bigint,
  downlink: Downlink,
): DeliveryOutcome {
  let outcome: DeliveryOutcome = "no-subscription";
  for (const connection of sessions.of({ kind: "device", deviceKey })) {
    const { session } = connection;
    if (session === undefined) continue;
    if (deliverDownlink(connection, session, downlink) === "queued") outcome = "queued";
  }
  return outcome;
}

/** `dn/error` of the device contract: all that MQTT 3.1.1 and QoS 0 can be told. */
export function sendError(
  connection: Connection,
  session: Session,
  message: AcceptedMessage,
  { reason, detail }: Extract<Settlement, { readonly outcome: "dead_lettered" }>,
): void {
  const { principal } = session;
  if (message.device === undefined || principal.kind !== "device") return;
  const payload = {
    messageId: message.id ?? (message.packetId === 0 ? null : String(message.packetId)),
    topic: message.topic,
    reason,
    detail,
  };
  deliverDownlink(connection, session, {
    // Of a child's message its gateway is told, which subscribes below its own id.
    topic: deviceTopics(principal.device.deviceId).error,
    payload: Buffer.from(JSON.stringify(payload)),
    qos: 1,
  });
}
