/**
 * What the parser does not check, on the bytes and before it: flags, lengths, strings, properties.
 * PUBLISH has its own reader, packets/publish.ts.
 */
import type { ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import { readProperties, type PropertyPlace } from "#server/gateway/mqtt/properties.ts";
import { WireReader, type WireProblem } from "#server/gateway/mqtt/wire-reader.ts";

const type = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

const fromServerOnly: ReadonlySet<number> = new Set([
  type.connack,
  type.suback,
  type.unsuback,
  type.pingresp,
]);

/** Flags of the fixed header, §2.1.3; all others are 0. PUBLISH has flags of its own. */
const requiredFlags: Readonly<Partial<Record<number, number>>> = {
  [type.pubrel]: 2,
  [type.subscribe]: 2,
  [type.unsubscribe]: 2,
};

/** DISCONNECT codes that a client may send, §3.14.2.1. */
const clientMayDisconnectWith: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
]);

/**
 * What is wrong with a packet that a client sent; undefined when nothing is that bytes can tell.
 * @param frame one whole packet with its fixed header
 * @param version of the connection; a CONNECT says its own
 */
export function strictProblem(frame: Buffer, version: ProtocolVersion): WireProblem | undefined {
  const reader = new WireReader(frame, 0, frame.length);
  const header = reader.byte("The fixed header");
  const kind = header >> 4;
  const padded = readRemainingLength(reader);
  if (reader.problem !== undefined) return reader.problem;
  const wrong = headerProblem(header, kind === type.connect ? levelOf(reader) : version, padded);
  if (wrong !== undefined) return wrong;
  readBody(reader, kind, version);
  if (!reader.done) reader.fail("malformed", "There are bytes behind the end of its content.");
  return reader.problem;
}

/** @returns whether it took more bytes than needed; 3.1.1 allows that */
function readRemainingLength(reader: WireReader): boolean {
  const start = reader.at;
  let length = 0;
  for (let shift = 0; shift <= 21; shift += 7) {
    const byte = reader.byte("The remaining length");
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (reader.end - reader.at !== length) {
        reader.fail("malformed", "The remaining length is not that of the packet.");
      }
      return byte === 0 && reader.at - start > 1;
    }
  }
  reader.fail("malformed", "The remaining length has more than four bytes.");
  return false;
}

function levelOf(reader: WireReader): number {
  const { buffer, at, end } = reader;
  const level = end - at < 2 ? end : at + 2 + buffer.readUInt16BE(at);
  return level < end ? buffer.readUInt8(level) : 0;
}

function headerProblem(header: number, version: number, padded: boolean): WireProblem | undefined {
  const kind = header >> 4;
  if (kind === 0 || (kind === type.auth && version !== 5)) {
    return { cause: "malformed", problem: "Its packet type is reserved." };
  }
  if (fromServerOnly.has(kind)) {
    return { cause: "protocol-error", problem: "Only a server sends packets of its type." };
  }
  // [MQTT-2.1.3-1], [MQTT-3.6.1-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1], [MQTT-3.14.1-1], [MQTT-3.15.1-1];
  // 3.1.1 [MQTT-2.2.2-2]
  if (kind !== type.publish && (header & 0x0f) !== (requiredFlags[kind] ?? 0)) {
    return { cause: "malformed", problem: "Reserved bits of its fixed header are set otherwise." };
  }
  // [MQTT-1.5.5-1]
  if (padded && version === 5) {
    return { cause: "malformed", problem: "The remaining length takes more bytes than it needs." };
  }
  return undefined;
}

function readBody(reader: WireReader, kind: number, version: ProtocolVersion): void {
  switch (kind) {
    case type.connect:
      readConnectBody(reader);
      return;
    case type.puback:
      return readConfirmation(reader, "PUBACK", version);
    case type.pubrec:
      return readConfirmation(reader, "PUBREC", version);
    case type.pubrel:
      return readConfirmation(reader, "PUBREL", version);
    case type.pubcomp:
      return readConfirmation(reader, "PUBCOMP", version);
    case type.subscribe:
      return readSubscribe(reader, version);
    case type.unsubscribe:
      return readUnsubscribe(reader, version);
    case type.disconnect:
      return readDisconnect(reader, version);
    case type.auth:
      return readAuth(reader);
    case type.publish:
      reader.at = reader.end;
      return;
    default:
  }
}

/** [MQTT-2.2.1-3], 3.1.1 [MQTT-2.3.1-1] */
function readPacketIdentifier(reader: WireReader): void {
  const id = reader.two("The packet identifier");
  if (id === 0) reader.fail("protocol-error", "The packet identifier is 0.");
}

function readConfirmation(
  reader: WireReader,
  place: PropertyPlace,
  version: ProtocolVersion,
): void {
  readPacketIdentifier(reader);
  // §3.4.2.1, §3.4.2.2.1: both may be left out.
  if (version === 4 || reader.done) return;
  reader.byte("The reason code");
  if (!reader.done) readProperties(reader, place);
}

function readSubscribe(reader: WireReader, version: ProtocolVersion): void {
  readPacketIdentifier(reader);
  if (version === 5) readProperties(reader, "SUBSCRIBE");
  // [MQTT-3.8.3-2], 3.1.1 [MQTT-3.8.3-3]
  if (reader.done) reader.fail("protocol-error", "SUBSCRIBE holds no topic filter.");
  while (!reader.done) {
    reader.text("A topic filter");
    const isShared = reader.value.startsWith("$share/");
    const options = reader.byte("The options of a subscription");
    checkOptions(reader, options, version === 5 ? isShared : undefined);
  }
}

/** @param isShared undefined for 3.1.1, which has no options but the QoS */
function checkOptions(reader: WireReader, options: number, isShared: boolean | undefined): void {
  const reserved = isShared === undefined ? 0xfc : 0xc0;
  // [MQTT-3.8.3-5], 3.1.1 [MQTT-3-8.3-4]
  if ((options & reserved) !== 0) {
    reader.fail("malformed", "Reserved bits of a subscription's options are set.");
  }
  if ((options & 0x03) === 3) reader.fail("malformed", "A subscription asks for QoS 3.");
  if ((options & 0x30) === 0x30) {
    reader.fail("protocol-error", "A subscription has the retain handling 3.");
  }
  // [MQTT-3.8.3-4]
  if (isShared === true && (options & 0x04) !== 0) {
    reader.fail("protocol-error", "A shared subscription has No Local set.");
  }
}

function readUnsubscribe(reader: WireReader, version: ProtocolVersion): void {
  readPacketIdentifier(reader);
  if (version === 5) readProperties(reader, "UNSUBSCRIBE");
  // [MQTT-3.10.3-2]
  if (reader.done) reader.fail("protocol-error", "UNSUBSCRIBE holds no topic filter.");
  while (!reader.done) reader.text("A topic filter");
}

function readDisconnect(reader: WireReader, version: ProtocolVersion): void {
  // §3.14.2.1: without a reason code it is 0.
  if (version === 4 || reader.done) return;
  const code = reader.byte("The reason code");
  // [MQTT-3.14.2-1]
  if (!clientMayDisconnectWith.has(code)) {
    reader.fail("protocol-error", `A client does not disconnect with the reason code ${code}.`);
  }
  if (!reader.done) readProperties(reader, "DISCONNECT");
}

function readAuth(reader: WireReader): void {
  if (reader.done) return;
  reader.byte("The reason code");
  if (!reader.done) readProperties(reader, "AUTH");
}

const connectFlag = {
  reserved: 0x01,
  will: 0x04,
  qos: 0x18,
  retain: 0x20,
  password: 0x40,
  user: 0x80,
};

/** @returns the properties of the will that subscribers get */
function readConnectBody(reader: WireReader): Buffer {
  reader.text("The protocol name");
  const version = reader.byte("The protocol version");
  const flags = reader.byte("The connect flags");
  checkConnectFlags(reader, flags, version);
  reader.two("The keep alive");
  if (version === 5) readProperties(reader, "CONNECT");
  // [MQTT-3.1.3-1]: in this order.
  reader.text("The client identifier");
  const forwarded = (flags & connectFlag.will) === 0 ? undefined : readWill(reader, version);
  if ((flags & connectFlag.user) !== 0) reader.text("The user name");
  if ((flags & connectFlag.password) !== 0) reader.binary("The password");
  return forwarded ?? Buffer.alloc(0);
}

function readWill(reader: WireReader, version: number): Buffer | undefined {
  const forwarded = version === 5 ? readProperties(reader, "a will") : undefined;
  reader.text("The will's topic");
  reader.binary("The will's payload");
  return forwarded?.take();
}

function checkConnectFlags(reader: WireReader, flags: number, version: number): void {
  // [MQTT-3.1.2-3]
  if ((flags & connectFlag.reserved) !== 0) {
    reader.fail("malformed", "The reserved connect flag is set.");
  }
  const hasWill = (flags & connectFlag.will) !== 0;
  // [MQTT-3.1.2-11], [MQTT-3.1.2-13]; 3.1.1 [MQTT-3.1.2-13], [MQTT-3.1.2-15]
  if (!hasWill && (flags & (connectFlag.qos | connectFlag.retain)) !== 0) {
    reader.fail("malformed", "The QoS or retain flag of a will is set, and there is no will.");
  }
  // [MQTT-3.1.2-12]; 3.1.1 [MQTT-3.1.2-14]
  if ((flags & connectFlag.qos) === connectFlag.qos) {
    reader.fail("malformed", "The will has QoS 3.");
  }
  // 3.1.1 [MQTT-3.1.2-22]; MQTT 5 allows it.
  if (
    version === 4 &&
    (flags & (connectFlag.user | connectFlag.password)) === connectFlag.password
  ) {
    reader.fail("malformed", "There is a password without a user name.");
  }
}

/**
 * The properties of the will in a CONNECT that subscribers get, encoded as they came and in order
 * [MQTT-3.3.2-18]; a copy, because the will outlives the packet by far. Empty when there are none.
 * @param frame without a problem of {@link strictProblem}
 */
export function forwardedOfWill(frame: Buffer): Buffer {
  const reader = new WireReader(frame, 1, frame.length);
  readRemainingLength(reader);
  return Buffer.from(readConnectBody(reader));
}
