import type { Qos } from "#server/broker/publication.ts";
import type { ProtocolVersion } from "#server/gateway/mqtt/codec.ts";

/** A PUBLISH on its way to a client, §3.3. */
export type OutgoingPublish = {
  readonly version: ProtocolVersion;
  /** Empty when the client knows it by the alias [MQTT-3.3.2-8]. */
  readonly topic: string;
  readonly alias: number | undefined;
  readonly qos: Qos;
  readonly dup: boolean;
  readonly retain: boolean;
  /** Undefined for QoS 0 [MQTT-2.2.1-2]. */
  readonly packetId: number | undefined;
  /** Encoded properties that are passed on as they are; {@link Publication.forwarded}. */
  readonly forwarded: Buffer;
  /** What is left of the message expiry [MQTT-3.3.2-6]. */
  readonly expirySeconds: number | undefined;
  /** [MQTT-3.3.4-3] */
  readonly identifiers: readonly number[];
  readonly payload: Buffer;
  /** Of the client [MQTT-3.1.2-24]. */
  readonly maximumPacketSize: number;
};

const publishType = 0x30;
const property = { expiry: 0x02, subscriptionIdentifier: 0x0b, topicAlias: 0x23 } as const;

/** Larger payloads are not copied: a second write costs as much as copying some kilobytes. */
const copyUpTo = 4_096;

/** Bytes of a variable byte integer, §1.5.5. */
function variableLength(value: number): 1 | 2 | 3 | 4 {
  if (value < 0x80) return 1;
  if (value < 0x40_00) return 2;
  return value < 0x20_00_00 ? 3 : 4;
}

/** @returns the position behind it */
function writeVariable(target: Buffer, value: number, at: number): number {
  let rest = value;
  let next = at;
  while (rest >= 0x80) {
    next = target.writeUInt8((rest & 0x7f) | 0x80, next);
    rest >>>= 7;
  }
  return target.writeUInt8(rest, next);
}

function propertiesLength({
  forwarded,
  expirySeconds,
  alias,
  identifiers,
}: OutgoingPublish): number {
  let length = forwarded.length;
  if (expirySeconds !== undefined) length += 5;
  if (alias !== undefined) length += 3;
  for (const identifier of identifiers) length += 1 + variableLength(identifier);
  return length;
}

function writeProperties(packet: OutgoingPublish, target: Buffer, start: number): number {
  const { forwarded, expirySeconds, alias, identifiers } = packet;
  let at = start;
  if (expirySeconds !== undefined) {
    at = target.writeUInt8(property.expiry, at);
    at = target.writeUInt32BE(expirySeconds, at);
  }
  if (alias !== undefined) {
    at = target.writeUInt8(property.topicAlias, at);
    at = target.writeUInt16BE(alias, at);
  }
  for (const identifier of identifiers) {
    at = target.writeUInt8(property.subscriptionIdentifier, at);
    at = writeVariable(target, identifier, at);
  }
  forwarded.copy(target, at);
  return at + forwarded.length;
}

/**
 * Encodes a PUBLISH.
 * @returns its bytes in one piece, or header and payload apart when the payload is large; empty
 * when the packet is larger than the client takes [MQTT-3.1.2-24]
 */
export function encodePublish(packet: OutgoingPublish): readonly Buffer[] {
  const { version, topic, qos, packetId, payload } = packet;
  const topicLength = Buffer.byteLength(topic);
  const inProperties = version === 5 ? propertiesLength(packet) : 0;
  const properties = version === 5 ? variableLength(inProperties) + inProperties : 0;
  const remaining =
    2 + topicLength + (packetId === undefined ? 0 : 2) + properties + payload.length;
  const total = 1 + variableLength(remaining) + remaining;
  if (total > packet.maximumPacketSize) return [];

  const isWhole = payload.length <= copyUpTo;
  const target = Buffer.allocUnsafe(isWhole ? total : total - payload.length);
  const flags = (packet.dup ? 0x08 : 0) | (qos << 1) | (packet.retain ? 0x01 : 0);
  let at = writeVariable(target, remaining, target.writeUInt8(publishType | flags, 0));
  at = target.writeUInt16BE(topicLength, at);
  at += target.write(topic, at);
  if (packetId !== undefined) at = target.writeUInt16BE(packetId, at);
  if (version === 5) {
    at = writeProperties(packet, target, writeVariable(target, inProperties, at));
  }
  if (!isWhole) return [target, payload];
  payload.copy(target, at);
  return [target];
}
