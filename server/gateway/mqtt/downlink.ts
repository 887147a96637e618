import { matchesTopic } from "#server/broker/topic-filter.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { encode } from "#server/gateway/mqtt/codec.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import type { DeliveryOutcome, Downlink } from "#server/gateway/mqtt/sessions.ts";

/** Largest QoS among the subscriptions that match, [MQTT-3.3.4-2]; undefined when none does. */
function grantedQos(session: Session, topic: string): 0 | 1 | undefined {
  let granted: 0 | 1 | undefined;
  for (const [filter, qos] of session.subscriptions) {
    if (granted === 1) break;
    if (matchesTopic(filter, topic)) granted = qos;
  }
  return granted;
}

/** A packet identifier that is not in use, [MQTT-2.2.1-4]. */
function nextPacketId(session: Session): number {
  do {
    session.lastPacketId = session.lastPacketId === 65_535 ? 1 : session.lastPacketId + 1;
  } while (session.inflight.has(session.lastPacketId));
  return session.lastPacketId;
}

/**
 * Sends a message to the client if it has subscribed to its topic. QoS 1 stays within the client's
 * receive maximum [MQTT-3.3.4-9]; nothing is queued here.
 */
export function deliverDownlink(
  connection: Connection,
  session: Session,
  { topic, payload, qos }: Downlink,
): DeliveryOutcome {
  const granted = grantedQos(session, topic);
  if (granted === undefined) return "no-subscription";
  const effective = qos === 0 ? 0 : granted;
  const window = Math.min(session.receiveMaximum, connection.gateway.limits.maxDownlinkInflight);
  if (effective === 1 && session.inflight.size >= window) return "busy";
  const messageId = effective === 1 ? nextPacketId(session) : 0;
  const packet = encode(
    {
      cmd: "publish",
      topic,
      payload,
      qos: effective,
      dup: false,
      retain: false,
      ...(effective === 1 ? { messageId } : {}),
    },
    session.version,
    session.maximumPacketSize,
  );
  // [MQTT-3.1.2-24], [MQTT-3.1.2-25]: it is as if it had been sent.
  if (packet.length === 0) return "too-large";
  if (effective === 1) session.inflight.add(messageId);
  connection.flushAcknowledgements();
  connection.write(packet);
  return "sent";
}
