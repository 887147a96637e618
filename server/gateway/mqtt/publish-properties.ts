import { ForwardedBytes, isProperty, userProperty } from "#server/gateway/mqtt/properties.ts";
import { WireReader, type WireProblem } from "#server/gateway/mqtt/wire-reader.ts";

/** The properties of a PUBLISH, §3.3.2.3; absent ones are undefined. */
export type PublishProperties = {
  /** Where the payload begins. */
  readonly payloadStart: number;
  /** Payload format indicator 1: the publisher says that the payload is UTF-8. */
  readonly isText: boolean;
  readonly expirySeconds: number | undefined;
  readonly topicAlias: number | undefined;
  readonly contentType: string | undefined;
  readonly responseTopic: string | undefined;
  /** User properties of the device contract; of several with one name the first. */
  readonly id: string | undefined;
  readonly ts: string | undefined;
  readonly seq: string | undefined;
  readonly schema: string | undefined;
  readonly traceparent: string | undefined;
  /**
   * What subscribers get unchanged and in order, encoded as it came: a slice of the packet unless
   * other properties lie between.
   */
  readonly forwarded: Buffer;
};

type Found = { -readonly [Name in keyof PublishProperties]: PublishProperties[Name] };

const topicAlias = 0x23;
const noBytes = Buffer.alloc(0);

const none: Omit<PublishProperties, "payloadStart"> = {
  isText: false,
  expirySeconds: undefined,
  topicAlias: undefined,
  contentType: undefined,
  responseTopic: undefined,
  id: undefined,
  ts: undefined,
  seq: undefined,
  schema: undefined,
  traceparent: undefined,
  forwarded: noBytes,
};

/**
 * Reads the properties of a PUBLISH from its bytes in one pass: 0.9 M packets a second with four
 * user properties, where the parser reads 0.17 M.
 * @param start of the property length
 * @param end of the packet
 */
export function readPublishProperties(
  buffer: Buffer,
  start: number,
  end: number,
): PublishProperties | WireProblem {
  const reader = new WireReader(buffer, start, end);
  const length = reader.variable("The property length");
  const payloadStart = reader.at + length;
  if (payloadStart > end) reader.fail("malformed", "The properties are cut off.");
  if (reader.problem !== undefined) return reader.problem;
  const found: Found = { payloadStart, ...none };
  if (length === 0) return found;
  reader.end = payloadStart;
  const forwarded = new ForwardedBytes(buffer);
  let seen = 0;
  while (!reader.done) {
    const at = reader.at;
    const id = reader.byte("A property");
    const isForwarded = readProperty(reader, id, found);
    const bit = bitOf(id);
    if ((seen & bit) !== 0) {
      reader.fail("protocol-error", `The property ${id} is there more than once.`);
    }
    seen |= bit;
    if (isForwarded) forwarded.add(at, reader.at);
  }
  if (reader.problem !== undefined) return reader.problem;
  found.forwarded = forwarded.take();
  return found;
}

/** Only user properties may be there again. */
function bitOf(id: number): number {
  if (id === userProperty) return 0;
  return id === topicAlias ? 1 << 31 : 1 << id;
}

/** @returns whether subscribers get it */
function readProperty(reader: WireReader, id: number, found: Found): boolean {
  switch (id) {
    case 0x01:
      found.isText = readFormat(reader);
      return true;
    case 0x02:
      found.expirySeconds = reader.four("The message expiry interval");
      return false;
    case 0x03:
      reader.text("The content type");
      found.contentType = reader.value;
      return true;
    case 0x08:
      found.responseTopic = readResponseTopic(reader);
      return true;
    case 0x09:
      reader.binary("The correlation data");
      return true;
    case topicAlias:
      found.topicAlias = reader.two("The topic alias");
      return false;
    case userProperty:
      readUserProperty(reader, found);
      return true;
    default:
      refuse(reader, id);
      return false;
  }
}

function readFormat(reader: WireReader): boolean {
  const format = reader.byte("The payload format indicator");
  if (format > 1) reader.fail("protocol-error", "The payload format indicator is neither 0 nor 1.");
  return format === 1;
}

/** [MQTT-3.3.2-13], [MQTT-3.3.2-14] */
function readResponseTopic(reader: WireReader): string {
  reader.text("The response topic");
  const topic = reader.value;
  if (reader.problem === undefined && (topic === "" || /[+#]/.test(topic))) {
    reader.fail("protocol-error", "The response topic is empty or holds a wildcard.");
  }
  return topic;
}

/** Both strings are checked; they are decoded only where the device contract knows the name. */
function readUserProperty(reader: WireReader, found: Found): void {
  reader.text("The name of a user property");
  const name = knownName(reader);
  reader.text("A user property");
  if (name !== undefined && reader.problem === undefined) found[name] ??= reader.value;
}

type KnownName = "id" | "ts" | "seq" | "schema" | "traceparent";

const knownNames: ReadonlyMap<number, readonly KnownName[]> = new Map([
  [2, ["id", "ts"]],
  [3, ["seq"]],
  [6, ["schema"]],
  [11, ["traceparent"]],
]);

function knownName({ buffer, start, stop }: WireReader): KnownName | undefined {
  const candidates = knownNames.get(stop - start);
  if (candidates === undefined) return undefined;
  const name = buffer.toString("latin1", start, stop);
  return candidates.find((candidate) => candidate === name);
}

function refuse(reader: WireReader, id: number): void {
  // [MQTT-3.3.4-6]
  if (id === 0x0b) {
    reader.fail("protocol-error", "PUBLISH of a client holds a subscription identifier.");
  } else if (isProperty(id)) {
    reader.fail("protocol-error", `The property ${id} does not belong in PUBLISH.`);
  } else reader.fail("malformed", `There is no property ${id}.`);
}
