/**
 * PUBLISH, §3.3. The hot path: a publication without properties is read here, byte by byte, instead
 * of by the parser, and a topic that equals the one before is neither decoded nor judged again.
 */
import { isUtf8 } from "node:buffer";
import type { IPublishPacket } from "mqtt-packet";
import { topicNameProblem } from "#server/broker/topic-filter.ts";
import { nothingForwarded } from "#server/broker/publication.ts";
import { encode } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { metadataOf } from "#server/gateway/mqtt/packets/publish-metadata.ts";
import { readPublishProperties } from "#server/gateway/mqtt/publish-properties.ts";
import { reasonCodeOf } from "#server/gateway/mqtt/reason.ts";
import type { JudgedTopic, Session } from "#server/gateway/mqtt/session.ts";
import { channelOf } from "#server/gateway/mqtt/topics.ts";
import { quoted, type Refusal, type RefusalCause } from "#server/gateway/refusal.ts";
import type { InboundMessage } from "#server/ingest/message.ts";

const retainFlag = 0x01;
const qosBits = 0x06;
const dupFlag = 0x08;

/** A PUBLISH that is sound in itself; the payload is the rest of the frame. */
type Publication = {
  readonly topic: JudgedTopic;
  /** 0 for QoS 0. */
  readonly packetId: number;
  readonly payload: Buffer;
  readonly properties: IPublishPacket["properties"];
};

/** @returns false when no further packet may be handled now */
export function handlePublish(connection: Connection, session: Session): boolean {
  connection.gateway.counters.publishesReceived += 1;

  const refusal = flagsRefusal(session, connection.frames.header);
  if (refusal !== undefined) return stop(connection, refusal);

  const publication = readPublication(connection, session);
  if (publication === undefined) return false;
  const { topic, packetId, payload, properties } = publication;

  // [MQTT-3.3.4-7], [MQTT-3.3.4-8]: Receive Maximum counts what waits for its PUBACK.
  if (packetId !== 0 && session.version === 5 && windowIsFull(connection, session)) {
    return stop(connection, windowRefusal(connection));
  }

  if (topic.channel === undefined) return refuseTopic(connection, session, topic, packetId);

  accept(connection, session, {
    device: session.device,
    transport: connection.facts.transport,
    topic: topic.name,
    channel: topic.channel,
    qos: packetId === 0 ? 0 : 1,
    retain: false,
    payload,
    receivedAt: connection.receivedAt,
    expiresAt: undefined,
    forwarded: nothingForwarded,
    publisher: undefined,
    claimedBy: undefined,
    origin: connection,
    packetId,
    ...(properties === undefined ? undefined : metadataOf(properties)),
  });
  return true;
}

/** Reads the frame, §3.3.2; undefined after refusing it. */
function readPublication(connection: Connection, session: Session): Publication | undefined {
  const { buffer, body, end, header } = connection.frames;
  if (end - body < 2) return malformed(connection, "The topic is cut off.");
  let at = body + 2 + buffer.readUInt16BE(body);
  if (at > end) return malformed(connection, "The topic is cut off.");
  const topic = judgeTopic(session, buffer, body + 2, at);
  // [MQTT-1.5.4-1]
  if (topic === undefined) return malformed(connection, "The topic is not UTF-8.");

  let packetId = 0;
  if ((header & qosBits) !== 0) {
    packetId = end - at < 2 ? 0 : buffer.readUInt16BE(at);
    // [MQTT-2.2.1-3]
    if (packetId === 0) return malformed(connection, "The packet identifier is missing or 0.");
    at += 2;
  }

  if (session.version === 4)
    return { topic, packetId, payload: buffer.subarray(at, end), properties: undefined };
  if (at === end) return malformed(connection, "The properties are missing.");
  if (buffer[at] === 0) {
    return { topic, packetId, payload: buffer.subarray(at + 1, end), properties: undefined };
  }
  const packet = readWithProperties(connection, session);
  if (packet === undefined) return undefined;
  // The parser's payload is the end of the frame; its own slice would keep the whole packet object.
  const payload = buffer.subarray(end - Buffer.byteLength(packet.payload), end);
  return { topic, packetId, payload, properties: packet.properties };
}

/** Hands a publication to the pipeline, then stops reading where more would be too much. */
function accept(connection: Connection, session: Session, message: InboundMessage): void {
  const { gateway } = connection;
  if (message.packetId !== 0) session.accepted += 1;
  gateway.ingest.accept(message);
  // [MQTT-4.9] has no window for 3.1.1: TCP is what holds such a client back.
  if (session.version === 4 && windowIsFull(connection, session)) connection.hold(hold.window);
  if (!gateway.ingest.hasRoom) {
    connection.hold(hold.room);
    gateway.room.wait(connection);
  }
}

function windowIsFull(connection: Connection, session: Session): boolean {
  const waiting = session.accepted - session.settled + session.lateRefusals.length;
  return waiting >= connection.gateway.limits.receiveMaximum;
}

function windowRefusal(connection: Connection): Refusal {
  return {
    cause: "receive-maximum",
    detail: `More than ${connection.gateway.limits.receiveMaximum} QoS 1 messages were sent without waiting for their acknowledgement.`,
    remedy: "Let the client keep the receive maximum that CONNACK tells it.",
  };
}

/** Topic names repeat: only the bytes are compared then (a decode and a judgement saved per message). */
function judgeTopic(
  session: Session,
  buffer: Buffer,
  start: number,
  end: number,
): JudgedTopic | undefined {
  const known = session.lastTopic;
  if (known.bytes.length === end - start && known.bytes.compare(buffer, start, end) === 0) {
    return known;
  }
  const bytes = Buffer.from(buffer.subarray(start, end));
  if (!isUtf8(bytes)) return undefined;
  const name = bytes.toString("utf8");
  const problem = topicNameProblem(name);
  const channel = problem === undefined ? channelOf(session.topics, name) : undefined;
  session.lastTopic = { bytes, name, channel, problem };
  return session.lastTopic;
}

function flagsRefusal(session: Session, header: number): Refusal | undefined {
  const qos = (header & qosBits) >> 1;
  const remedy = "Update or correct the client's MQTT library.";
  // [MQTT-3.3.1-4]
  if (qos === 3) {
    return { cause: "malformed", detail: "PUBLISH has both QoS bits set.", remedy };
  }
  // [MQTT-3.2.2-11]: CONNACK told the maximum.
  if (qos === 2) {
    return {
      cause: "qos-unsupported",
      detail: "A message was published with QoS 2, which is not served yet.",
      remedy: "Publish with QoS 1: messages are stored once also when they are sent twice.",
    };
  }
  // [MQTT-3.3.1-2]
  if (qos === 0 && (header & dupFlag) !== 0) {
    return { cause: "malformed", detail: "PUBLISH of QoS 0 is marked as a duplicate.", remedy };
  }
  // [MQTT-3.2.2-14]. For 3.1.1 see will.ts: nobody could see the difference.
  if ((header & retainFlag) !== 0 && session.version === 5) {
    return {
      cause: "retain-unsupported",
      detail: "A message was published with the retain flag, which is not served yet.",
      remedy: "Publish without the retain flag.",
    };
  }
  return undefined;
}

function readWithProperties(connection: Connection, session: Session): IPublishPacket | undefined {
  const { frames, gateway } = connection;
  const packet = gateway.codec.decode(
    frames.buffer.subarray(frames.start, frames.end),
    session.version,
  );
  const at = frames.body + 2 + frames.buffer.readUInt16BE(frames.body);
  const start = (frames.header & qosBits) === 0 ? at : at + 2;
  const read = readPublishProperties(frames.buffer, start, frames.end);
  if ("problem" in read) {
    const remedy = "Update or correct the client's MQTT library.";
    stop(connection, { cause: read.cause, detail: read.problem, remedy });
    return undefined;
  }
  if (packet.cmd !== "publish") {
    malformed(connection, packet.cmd === "malformed" ? packet.problem : "It is no PUBLISH.");
    return undefined;
  }
  const refusal = propertiesRefusal(packet);
  if (refusal === undefined) return packet;
  stop(connection, refusal);
  return undefined;
}

function propertiesRefusal(packet: IPublishPacket): Refusal | undefined {
  const remedy = "Update or correct the client's MQTT library.";
  const { topicAlias, subscriptionIdentifier, responseTopic } = packet.properties ?? {};
  // [MQTT-3.3.2-9]: CONNACK offered no alias.
  if (topicAlias !== undefined) {
    return {
      cause: "topic-alias",
      detail: "PUBLISH uses a topic alias; none was offered.",
      remedy,
    };
  }
  // [MQTT-3.3.4-6]
  if (subscriptionIdentifier !== undefined) {
    const detail = "PUBLISH of a client holds a subscription identifier.";
    return { cause: "protocol-error", detail, remedy };
  }
  // [MQTT-3.3.2-14]
  if (responseTopic !== undefined && topicNameProblem(responseTopic) !== undefined) {
    const detail = `The response topic ${quoted(responseTopic)} is no topic name.`;
    return { cause: "protocol-error", detail, remedy };
  }
  return undefined;
}

/**
 * The device may not publish there. MQTT 5 with QoS 1 is told in the PUBACK and goes on; there is
 * no such word for QoS 0 and in 3.1.1, and acknowledging would claim that the message is stored, so
 * these are disconnected (3.1.1 [MQTT-3.3.5-2] leaves no other choice).
 */
function refuseTopic(
  connection: Connection,
  session: Session,
  topic: JudgedTopic,
  packetId: number,
): boolean {
  const cause: RefusalCause = topic.problem === undefined ? "publish-not-allowed" : "topic-invalid";
  const { deviceId } = session.device;
  const detail =
    topic.problem === undefined
      ? `${deviceId} may not publish to ${quoted(topic.name)}.`
      : `The topic name ${quoted(topic.name)} ${topic.problem}.`;
  const refusal = { cause, detail, remedy: `Publish below ${session.topics.up}.` };
  if (session.version === 4 || packetId === 0) return stop(connection, refusal);
  connection.record(refusal);
  const packet = encode(
    {
      cmd: "puback",
      messageId: packetId,
      reasonCode: reasonCodeOf(cause),
      ...(session.wantsProblems
        ? { properties: { reasonString: `${detail} ${refusal.remedy}` } }
        : {}),
    },
    5,
    session.maximumPacketSize,
  );
  // [MQTT-4.6.0-2]: not before the acknowledgements of what was sent earlier.
  if (session.accepted === session.settled) {
    connection.flushAcknowledgements();
    connection.write(packet);
  } else session.lateRefusals.push({ after: session.accepted, packet });
  return true;
}

function stop(connection: Connection, refusal: Refusal): false {
  connection.refuse(refusal);
  return false;
}

function malformed(connection: Connection, problem: string): undefined {
  connection.refuse({
    cause: "malformed",
    detail: `A PUBLISH packet is malformed: ${problem}`,
    remedy: "Update or correct the client's MQTT library.",
  });
}
