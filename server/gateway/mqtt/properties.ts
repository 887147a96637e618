import { WireReader } from "#server/gateway/mqtt/wire-reader.ts";

/** Where properties are, in the words of messages. */
export type PropertyPlace =
  | "CONNECT"
  | "a will"
  | "PUBACK"
  | "PUBREC"
  | "PUBREL"
  | "PUBCOMP"
  | "SUBSCRIBE"
  | "UNSUBSCRIBE"
  | "DISCONNECT"
  | "AUTH";

type Property = {
  readonly name: string;
  readonly type: "flag" | "two" | "four" | "variable" | "text" | "binary" | "pair";
  readonly places: ReadonlySet<PropertyPlace>;
  /** Zero is a protocol error. */
  readonly positive?: true;
};

function property(
  name: string,
  type: Property["type"],
  ...places: readonly PropertyPlace[]
): Property {
  return { name, type, places: new Set(places) };
}

/** MQTT 5.0 §2.2.2.2: what a client may send, except in PUBLISH; that is publish-properties.ts. */
const properties: Readonly<Partial<Record<number, Property>>> = {
  0x01: property("payload format indicator", "flag", "a will"),
  0x02: property("message expiry interval", "four", "a will"),
  0x03: property("content type", "text", "a will"),
  0x08: property("response topic", "text", "a will"),
  0x09: property("correlation data", "binary", "a will"),
  0x0b: { ...property("subscription identifier", "variable", "SUBSCRIBE"), positive: true },
  0x11: property("session expiry interval", "four", "CONNECT", "DISCONNECT"),
  0x12: property("assigned client identifier", "text"),
  0x13: property("server keep alive", "two"),
  0x15: property("authentication method", "text", "CONNECT", "AUTH"),
  0x16: property("authentication data", "binary", "CONNECT", "AUTH"),
  0x17: property("request problem information", "flag", "CONNECT"),
  0x18: property("will delay interval", "four", "a will"),
  0x19: property("request response information", "flag", "CONNECT"),
  0x1a: property("response information", "text"),
  0x1c: property("server reference", "text", "DISCONNECT"),
  0x1f: property(
    "reason string",
    "text",
    "PUBACK",
    "PUBREC",
    "PUBREL",
    "PUBCOMP",
    "DISCONNECT",
    "AUTH",
  ),
  0x21: { ...property("receive maximum", "two", "CONNECT"), positive: true },
  0x22: property("topic alias maximum", "two", "CONNECT"),
  0x23: property("topic alias", "two"),
  0x24: property("maximum QoS", "flag"),
  0x25: property("retain available", "flag"),
  0x26: property(
    "user property",
    "pair",
    "CONNECT",
    "a will",
    "PUBACK",
    "PUBREC",
    "PUBREL",
    "PUBCOMP",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "DISCONNECT",
    "AUTH",
  ),
  0x27: { ...property("maximum packet size", "four", "CONNECT"), positive: true },
  0x28: property("wildcard subscription available", "flag"),
  0x29: property("subscription identifier available", "flag"),
  0x2a: property("shared subscription available", "flag"),
};

/** Whether the standard knows the identifier. */
export function isProperty(id: number): boolean {
  return properties[id] !== undefined;
}

export const userProperty = 0x26;
const authenticationMethod = 0x15;
const authenticationData = 0x16;

/** What a will's or a publication's properties are that subscribers get, [MQTT-3.3.2-4] and others. */
const forwardedIds: ReadonlySet<number> = new Set([0x01, 0x03, 0x08, 0x09, userProperty]);

/** Collects the properties that are passed on unchanged and in their order [MQTT-3.3.2-18]. */
export class ForwardedBytes {
  readonly #buffer: Buffer;
  /** Start and end in turns; neighbours are joined, so that mostly there is one piece. */
  readonly #bounds: number[] = [];

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  add(start: number, end: number): void {
    if (this.#bounds.at(-1) === start) this.#bounds[this.#bounds.length - 1] = end;
    else this.#bounds.push(start, end);
  }

  /** A slice of the packet where the properties are in one piece, else a copy. */
  take(): Buffer {
    const bounds = this.#bounds;
    if (bounds.length <= 2) return this.#buffer.subarray(bounds[0] ?? 0, bounds[1] ?? 0);
    const pieces: Buffer[] = [];
    for (let index = 0; index < bounds.length; index += 2) {
      pieces.push(this.#buffer.subarray(bounds[index], bounds[index + 1]));
    }
    return Buffer.concat(pieces);
  }
}

/**
 * Reads the properties of a packet with their length, and checks that each belongs there, is whole,
 * in range, and there once (§2.2.2.2, §3.1.2.11, §3.1.3.2). Problems are left in the reader.
 * @returns those that a server passes on
 */
export function readProperties(reader: WireReader, place: PropertyPlace): ForwardedBytes {
  const forwarded = new ForwardedBytes(reader.buffer);
  const section = sectionOf(reader, place);
  const seen = new Set<number>();
  while (!section.done) {
    const start = section.at;
    const id = section.variable("A property");
    const known = section.problem === undefined ? properties[id] : undefined;
    if (known === undefined) section.fail("malformed", `There is no property ${id}.`);
    else readProperty(section, known, place);
    if (seen.has(id) && id !== userProperty) {
      section.fail("protocol-error", `The property ${known?.name} is there more than once.`);
    }
    seen.add(id);
    if (forwardedIds.has(id)) forwarded.add(start, section.at);
  }
  if (seen.has(authenticationData) && !seen.has(authenticationMethod)) {
    section.fail("protocol-error", "There is authentication data without a method.");
  }
  if (section.problem !== undefined) reader.fail(section.problem.cause, section.problem.problem);
  return forwarded;
}

function sectionOf(reader: WireReader, place: PropertyPlace): WireReader {
  const length = reader.variable(`The property length of ${place}`);
  const start = reader.at;
  if (reader.end - start < length)
    reader.fail("malformed", `The properties of ${place} are cut off.`);
  else reader.at += length;
  return new WireReader(
    reader.buffer,
    start,
    reader.problem === undefined ? start + length : start,
  );
}

function readProperty(
  section: WireReader,
  { name, type, places, positive }: Property,
  place: PropertyPlace,
): void {
  if (!places.has(place)) {
    section.fail("protocol-error", `The property ${name} does not belong in ${place}.`);
    return;
  }
  const value = readValue(section, type, `The property ${name}`);
  if (section.problem !== undefined) return;
  if (positive === true && value === 0) {
    section.fail("protocol-error", `The property ${name} must not be 0.`);
  }
  if (type === "flag" && value > 1) {
    section.fail("protocol-error", `The property ${name} is neither 0 nor 1.`);
  }
}

/** @returns the value of a number, 0 for everything else */
function readValue(section: WireReader, type: Property["type"], what: string): number {
  switch (type) {
    case "flag":
      return section.byte(what);
    case "two":
      return section.two(what);
    case "four":
      return section.four(what);
    case "variable":
      return section.variable(what);
    case "text":
      section.text(what);
      return 0;
    case "binary":
      section.binary(what);
      return 0;
    case "pair":
      section.text(what);
      section.text(what);
      return 0;
  }
}
