import { generate, parser, type Packet } from "mqtt-packet";
import { strictProblem } from "#server/gateway/mqtt/strict.ts";
import type { WireProblem } from "#server/gateway/mqtt/wire-reader.ts";

/** The protocol levels served: 4 is MQTT 3.1.1, 5 is MQTT 5.0. */
export type ProtocolVersion = 4 | 5;

/** A packet that does not follow the standard. */
export type Malformed = { readonly cmd: "malformed" } & WireProblem;

/** Decodes whole packets, one at a time, once {@link strictProblem} finds nothing wrong with them. */
export type Codec = {
  /** @param frame exactly one packet with its fixed header */
  decode(frame: Buffer, version: ProtocolVersion): Packet | Malformed;
  /** A CONNECT carries its own version. */
  decodeConnect(frame: Buffer): Packet | Malformed;
};

const connectType = 1;

function parserFor(settings: object) {
  let found: Packet | Malformed | undefined;
  const machine = parser(settings);
  machine.on("packet", (packet) => {
    found ??= packet;
  });
  machine.on("error", (error: unknown) => {
    found = malformed(error);
  });
  return (frame: Buffer): Packet | Malformed | undefined => {
    found = undefined;
    machine.parse(frame);
    return found;
  };
}

function malformed(error: unknown): Malformed {
  const problem = error instanceof Error ? error.message : String(error);
  return { cmd: "malformed", cause: "malformed", problem };
}

/**
 * A decoder that gets a new parser after every packet that was not sound: the old one keeps its
 * position in that packet and would read the next connection's packet from there.
 */
function decoderFor(settings: object): (frame: Buffer) => Packet | Malformed {
  let parse = parserFor(settings);
  return (frame) => {
    const packet = attempt(parse, frame);
    if (packet.cmd === "malformed") parse = parserFor(settings);
    return packet;
  };
}

function attempt(
  parse: (frame: Buffer) => Packet | Malformed | undefined,
  frame: Buffer,
): Packet | Malformed {
  try {
    return parse(frame) ?? malformed("The packet ends too early.");
  } catch (error) {
    // The parser reads beyond a truncated packet in places; what it then throws is the sender's fault.
    return malformed(error);
  }
}

/**
 * One parser for each version serves all connections, because it only ever sees whole packets:
 * ten thousand idle connections then hold no parser at all.
 */
export function createCodec(): Codec {
  const four = decoderFor({ protocolVersion: 4 });
  const five = decoderFor({ protocolVersion: 5 });
  // Its own parser each time: a parser takes its version from a CONNECT, so that a hostile one would
  // change how everybody else is read; and it remembers the packet, password included.
  const decodeConnect = (frame: Buffer) => decoderFor({})(frame);
  const decoders = { 4: four, 5: five };
  const decode = (frame: Buffer, version: ProtocolVersion): Packet | Malformed => {
    const problem = strictProblem(frame, version);
    if (problem !== undefined) return { cmd: "malformed", ...problem };
    const isConnect = frame.readUInt8(0) >> 4 === connectType;
    return isConnect ? decodeConnect(frame) : decoders[version](frame);
  };
  return { decode, decodeConnect: (frame) => decode(frame, 5) };
}

/**
 * Encodes a packet, without the reason string and user properties when it would exceed what the
 * client takes [MQTT-3.1.2-25]; empty when even that is too large.
 */
export function encode(
  packet: Packet,
  version: ProtocolVersion,
  maximumPacketSize: number = Number.MAX_SAFE_INTEGER,
): Buffer {
  const whole = generate(packet, { protocolVersion: version });
  if (whole.length <= maximumPacketSize) return whole;
  if (!("properties" in packet) || packet.properties === undefined) return Buffer.alloc(0);
  const {
    reasonString: _,
    userProperties: __,
    ...kept
  } = packet.properties as Record<string, unknown>;
  const spare = generate({ ...packet, properties: kept } as Packet, { protocolVersion: version });
  return spare.length <= maximumPacketSize ? spare : Buffer.alloc(0);
}
