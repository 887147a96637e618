/**
 * Reads PUBLISH, §3.3. The hot path: the packet is read here, byte by byte, instead of by the
 * parser, and a topic that equals the one before is neither decoded nor judged again.
 */
import { nothingForwarded, type Qos } from "#server/broker/publication.ts";
import { topicNameProblem } from "#server/broker/topic-filter.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuse } from "#server/gateway/mqtt/ending.ts";
import type { FrameReader } from "#server/gateway/mqtt/frames.ts";
import { mayPublish } from "#server/gateway/mqtt/permissions.ts";
import {
  readPublishProperties,
  type PublishProperties,
} from "#server/gateway/mqtt/publish-properties.ts";
import { noTopic, type JudgedTopic, type Session } from "#server/gateway/mqtt/session.ts";
import { textProblem } from "#server/gateway/mqtt/wire-reader.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";

const retainFlag = 0x01;
const dupFlag = 0x08;

/** A PUBLISH that is sound in itself. */
export type ReadPublish = {
  readonly topic: JudgedTopic;
  readonly qos: Qos;
  readonly retain: boolean;
  /** 0 for QoS 0. */
  readonly packetId: number;
  readonly payload: Buffer;
  /** Undefined when there are none. */
  readonly properties: PublishProperties | undefined;
  readonly forwarded: Buffer;
};

type Broken = {
  readonly cause: Extract<RefusalCause, "malformed" | "protocol-error" | "topic-alias">;
  readonly problem: string;
};

function malformed(problem: string): Broken {
  return { cause: "malformed", problem };
}

/** Reads the frame in the frame reader; undefined after refusing it. */
export function readPublish(connection: Connection, session: Session): ReadPublish | undefined {
  const found = parse(connection, session);
  if (!("problem" in found)) return found;
  refuse(connection, {
    cause: found.cause,
    detail: `A PUBLISH packet breaks the MQTT standard: ${found.problem}`,
    remedy: "Update or correct the client's MQTT library.",
  });
  return undefined;
}

/** Where the parts of a frame are. */
type Layout = { readonly qos: Qos; readonly topicEnd: number; readonly packetId: number };

function parse({ frames }: Connection, session: Session): ReadPublish | Broken {
  const { buffer, body, end, header } = frames;
  const layout = layoutOf(frames);
  if ("cause" in layout) return layout;
  const { qos, topicEnd, packetId } = layout;

  const at = qos === 0 ? topicEnd : topicEnd + 2;
  const place = session.version === 4 ? noProperties(at) : propertiesAt(buffer, at, end);
  if ("cause" in place) return place;
  const { properties, payloadStart } = place;
  const named = judgeTopic(session, buffer, body + 2, topicEnd);
  const topic = "cause" in named ? named : resolveAlias(session, named, properties?.topicAlias);
  if ("cause" in topic) return topic;
  return {
    topic,
    qos,
    packetId,
    properties,
    retain: (header & retainFlag) !== 0,
    payload: buffer.subarray(payloadStart, end),
    forwarded: properties?.forwarded ?? nothingForwarded,
  };
}

function layoutOf({ buffer, body, end, header }: FrameReader): Layout | Broken {
  const qos = qosOf(header);
  // [MQTT-3.3.1-4]
  if (qos === undefined) return malformed("both QoS bits are set.");
  // [MQTT-3.3.1-2]
  if (qos === 0 && (header & dupFlag) !== 0) return malformed("QoS 0 is marked as a duplicate.");
  const topicEnd = end - body < 2 ? end + 1 : body + 2 + buffer.readUInt16BE(body);
  if (topicEnd > end) return malformed("the topic is cut off.");
  if (qos === 0) return { qos, topicEnd, packetId: 0 };
  const packetId = topicEnd + 2 > end ? 0 : buffer.readUInt16BE(topicEnd);
  // [MQTT-2.2.1-3]
  if (packetId === 0) return malformed("the packet identifier is missing or 0.");
  return { qos, topicEnd, packetId };
}

function qosOf(header: number): Qos | undefined {
  const bits = (header >> 1) & 3;
  return bits === 0 || bits === 1 || bits === 2 ? bits : undefined;
}

type Place = {
  readonly properties: PublishProperties | undefined;
  readonly payloadStart: number;
};

function noProperties(payloadStart: number): Place {
  return { properties: undefined, payloadStart };
}

/** Most messages have no properties, and need no reader. */
function propertiesAt(buffer: Buffer, at: number, end: number): Place | Broken {
  if (at === end) return malformed("the properties are missing.");
  if (buffer[at] === 0) return noProperties(at + 1);
  const properties = readPublishProperties(buffer, at, end);
  if ("problem" in properties) return properties;
  return { properties, payloadStart: properties.payloadStart };
}

/** Topic names repeat: only the bytes are compared then (a decode and a judgement saved per message). */
function judgeTopic(
  session: Session,
  buffer: Buffer,
  start: number,
  end: number,
): JudgedTopic | Broken {
  const known = session.lastTopic;
  if (known.bytes.length === end - start && known.bytes.compare(buffer, start, end) === 0) {
    return known;
  }
  // [MQTT-1.5.4-1], [MQTT-1.5.4-2]
  const broken = textProblem(buffer, start, end);
  if (broken !== undefined) return malformed(`the topic name ${broken}.`);
  const bytes = Buffer.from(buffer.subarray(start, end));
  session.lastTopic = judge(session, bytes);
  return session.lastTopic;
}

function judge({ principal }: Session, bytes: Buffer): JudgedTopic {
  if (bytes.length === 0) return noTopic;
  const name = bytes.toString("utf8");
  const problem = topicNameProblem(name);
  const permission = problem === undefined ? mayPublish(principal, name) : undefined;
  return { bytes, name, permission, problem };
}

/** §3.3.2.3.4: an alias of this connection [MQTT-3.3.2-7] stands for a topic, or is given one. */
function resolveAlias(
  session: Session,
  topic: JudgedTopic,
  alias: number | undefined,
): JudgedTopic | Broken {
  if (alias === undefined) {
    if (topic !== noTopic || session.version === 4) return topic;
    return { cause: "protocol-error", problem: "it has neither a topic nor an alias." };
  }
  const { topicAliasMaximum } = session.limits.connection;
  // [MQTT-3.3.2-8], [MQTT-3.3.2-9]
  if (alias === 0 || alias > topicAliasMaximum) {
    const problem = `its topic alias is ${alias}; 1 to ${topicAliasMaximum} are offered.`;
    return { cause: "topic-alias", problem };
  }
  if (topic !== noTopic) {
    // A name that is too long is refused, and need not be kept.
    const kept = topic.problem === undefined ? topic : { ...topic, name: "" };
    session.inbound.aliases.set(alias, { ...kept, bytes: noTopic.bytes });
    return topic;
  }
  const known = session.inbound.aliases.get(alias);
  if (known !== undefined) return known;
  return { cause: "protocol-error", problem: `its topic alias ${alias} was never set.` };
}
