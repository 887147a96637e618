import { generate, parser, type Packet } from "mqtt-packet";

/** The protocol levels served: 4 is MQTT 3.1.1, 5 is MQTT 5.0. */
export type ProtocolVersion = 4 | 5;

/** A packet that does not follow the standard; `problem` says how. */
export type Malformed = { readonly cmd: "malformed"; readonly problem: string };

/** Decodes whole packets, one at a time. */
export type Codec = {
  /** @param frame exactly one packet with its fixed header */
  decode(frame: Buffer, version: ProtocolVersion): Packet | Malformed;
  /** A CONNECT carries its own version. */
  decodeConnect(frame: Buffer): Packet | Malformed;
};

function decodeWith(settings: object): (frame: Buffer) => Packet | Malformed {
  let found: Packet | Malformed | undefined;
  const machine = parser(settings);
  machine.on("packet", (packet) => {
    found ??= packet;
  });
  machine.on("error", (error: unknown) => {
    found = { cmd: "malformed", problem: error instanceof Error ? error.message : String(error) };
  });
  return (frame) => {
    found = undefined;
    machine.parse(frame);
    return found ?? { cmd: "malformed", problem: "The packet ends too early." };
  };
}

/**
 * One parser for each version serves all connections, because it only ever sees whole packets:
 * ten thousand idle connections then hold no parser at all.
 */
export function createCodec(): Codec {
  let four = decodeWith({ protocolVersion: 4 });
  let five = decodeWith({ protocolVersion: 5 });
  const guarded = (decode: (frame: Buffer) => Packet | Malformed, frame: Buffer) => {
    try {
      return decode(frame);
    } catch (error) {
      // The parser reads beyond a truncated packet in places; what it then throws is the sender's fault.
      four = decodeWith({ protocolVersion: 4 });
      five = decodeWith({ protocolVersion: 5 });
      const problem = error instanceof Error ? error.message : String(error);
      return { cmd: "malformed" as const, problem };
    }
  };
  return {
    decode: (frame, version) => guarded(version === 5 ? five : four, frame),
    // Its own parser each time: this one remembers the packet, password included.
    decodeConnect: (frame) => guarded(decodeWith({}), frame),
  };
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
