import { once } from "node:events";
import type { Duplex } from "node:stream";
import { generate, parser, type IConnackPacket, type Packet } from "mqtt-packet";

export type Version = 4 | 5;

/** A packet of the server with its bytes. */
export type Frame = { readonly packet: Packet; readonly bytes: Buffer };

type PacketOf<C extends Packet["cmd"]> = Extract<Packet, { readonly cmd: C }>;
type Subscribe = PacketOf<"subscribe">;
type Publish = PacketOf<"publish">;

/** Longer than anything here takes on a busy machine; nobody waits it out but a failing test. */
const patienceMs = 5_000;

/** Header flags of what a server sends; PUBLISH has its own. */
const flags: Readonly<Record<number, number>> = { 6: 0b0010 };

/** A packet by hand: fixed header and remaining length around `parts`. */
export function frame(header: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length: number[] = [];
  for (let rest = body.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

/** Text or bytes behind their two-byte length. */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** The properties of a packet behind their length, at most 127 bytes; none in 3.1.1. */
export function properties(version: Version, ...parts: readonly (Buffer | readonly number[])[]) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return version === 5 ? Buffer.concat([Buffer.from([body.length]), body]) : Buffer.alloc(0);
}

/** The connect acknowledge flags in the bytes of a CONNACK. */
export function connackFlags(bytes: Buffer): number {
  return bytes.readUInt8(bytes.readUInt8(1) < 128 ? 2 : 3);
}

/**
 * A client that says exactly what a test wants and shows every packet of the server with its bytes.
 * Each packet is checked against what holds for all of them: its length takes no more bytes than it
 * needs and its reserved flags are as prescribed.
 */
export class WireClient {
  readonly stream: Duplex;
  readonly version: Version;
  /** Filled by whoever connected it. */
  connack: IConnackPacket = { cmd: "connack", sessionPresent: false };
  clientId = "";
  #held = Buffer.alloc(0);
  #closed = false;
  /** A packet of the server that breaks the standard; whatever is asked next throws it. */
  #broken: unknown;
  #lastId = 0;
  readonly #frames: Frame[] = [];
  readonly #changed: (() => void)[] = [];

  constructor(stream: Duplex, version: Version) {
    this.stream = stream;
    this.version = version;
    stream.on("data", (chunk: Buffer) => this.#read(chunk));
    stream.on("error", () => undefined);
    stream.on("close", () => {
      this.#closed = true;
      this.#tell();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  #tell(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }

  #read(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    try {
      this.#cut();
    } catch (error) {
      this.#broken = error;
    }
    this.#tell();
  }

  #cut(): void {
    for (;;) {
      const end = frameEnd(this.#held);
      if (end === undefined) return;
      const bytes = this.#held.subarray(0, end);
      this.#held = this.#held.subarray(end);
      this.#frames.push({ packet: parse(bytes, this.version), bytes });
    }
  }

  write(...packets: readonly Buffer[]): void {
    this.stream.write(Buffer.concat(packets));
  }

  send(...packets: readonly Packet[]): void {
    this.write(...packets.map((one) => generate(one, { protocolVersion: this.version })));
  }

  /** Waits for the first frame that fits and takes it out; those before it stay. */
  async find(fits: (frame: Frame) => boolean, what: string): Promise<Frame> {
    const until = Date.now() + patienceMs;
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken;
      const at = this.#frames.findIndex(fits);
      if (at !== -1) return this.#frames.splice(at, 1)[0]!;
      const left = until - Date.now();
      if (this.#closed || left <= 0) {
        const there = this.#frames.map(({ packet }) => packet.cmd).join(", ");
        const state = this.#closed ? "the connection was closed" : `${patienceMs} ms passed`;
        throw new Error(`No ${what}: ${state}; unread: ${there === "" ? "nothing" : there}.`);
      }
      await this.#change(left);
    }
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#changed.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The next packet, with its bytes, must be a `cmd`. */
  async frame<C extends Packet["cmd"]>(
    cmd: C,
  ): Promise<{ readonly packet: PacketOf<C>; readonly bytes: Buffer }> {
    const { packet, bytes } = await this.find(() => true, cmd.toUpperCase());
    if (!is(packet, cmd)) throw new Error(`Not ${cmd.toUpperCase()}: ${JSON.stringify(packet)}`);
    return { packet, bytes };
  }

  /** The next packet, which must be a `cmd`; nothing is answered. */
  async take<C extends Packet["cmd"]>(cmd: C): Promise<PacketOf<C>> {
    return (await this.frame(cmd)).packet;
  }

  /** The next message, acknowledged as its QoS asks. */
  async receive(): Promise<Publish> {
    const message = await this.take("publish");
    await this.acknowledge(message);
    return message;
  }

  /** Acknowledges a message to the end. */
  async acknowledge({ qos, messageId }: Publish): Promise<void> {
    if (messageId === undefined) return;
    if (qos === 1) this.send({ cmd: "puback", messageId });
    if (qos !== 2) return;
    this.send({ cmd: "pubrec", messageId });
    await this.answer("pubrel", messageId);
    this.send({ cmd: "pubcomp", messageId });
  }

  /** The payloads of the next `count` messages, acknowledged. */
  async payloads(count: number): Promise<readonly string[]> {
    const found: string[] = [];
    while (found.length < count) found.push(String((await this.receive()).payload));
    return found;
  }

  /** The packet that answers `messageId`, whatever else came before. */
  async answer<C extends Packet["cmd"]>(
    cmd: C,
    messageId: number | undefined,
  ): Promise<PacketOf<C>> {
    const { packet } = await this.find(
      (one) => one.packet.cmd === cmd && one.packet.messageId === messageId,
      `${cmd.toUpperCase()} ${messageId}`,
    );
    return packet as PacketOf<C>;
  }

  newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Subscribes and returns SUBACK. What else came is left to be read. */
  async subscribe(
    filters: string | readonly (string | Subscribe["subscriptions"][number])[],
    options: Partial<Subscribe["subscriptions"][number]> & {
      readonly identifier?: number;
    } = {},
  ): Promise<PacketOf<"suback">> {
    const { identifier, ...others } = options;
    const messageId = this.newId();
    const list = typeof filters === "string" ? [filters] : filters;
    this.send({
      cmd: "subscribe",
      messageId,
      subscriptions: list.map((one) => ({
        qos: 0,
        ...(typeof one === "string" ? { topic: one } : one),
        ...others,
      })),
      ...(identifier === undefined ? {} : { properties: { subscriptionIdentifier: identifier } }),
    });
    return this.answer("suback", messageId);
  }

  async unsubscribe(...filters: readonly string[]): Promise<PacketOf<"unsuback">> {
    const messageId = this.newId();
    this.send({ cmd: "unsubscribe", messageId, unsubscriptions: [...filters] });
    return this.answer("unsuback", messageId);
  }

  /** Publishes, goes through the exchange and returns its last reason code (0 for QoS 0). */
  async publish(
    topic: string,
    payload: string | Buffer,
    more: Partial<Publish> = {},
  ): Promise<number> {
    const { qos = 0 } = more;
    const messageId = more.messageId ?? (qos === 0 ? undefined : this.newId());
    const message = { cmd: "publish", topic, payload, dup: false, retain: false } as const;
    this.send({ ...message, ...more, qos, ...(messageId === undefined ? {} : { messageId }) });
    if (qos === 0) return 0;
    if (qos === 1) return (await this.answer("puback", messageId)).reasonCode ?? 0;
    const { reasonCode = 0 } = await this.answer("pubrec", messageId);
    if (reasonCode >= 0x80) return reasonCode;
    this.send({ cmd: "pubrel", messageId: messageId! });
    return (await this.answer("pubcomp", messageId)).reasonCode ?? 0;
  }

  /** What came and was not read, up to the answer to a PINGREQ that is sent now. */
  async unasked(): Promise<readonly Packet[]> {
    this.send({ cmd: "pingreq" });
    const found: Packet[] = [];
    for (;;) {
      const { packet } = await this.find(() => true, "PINGRESP");
      if (packet.cmd === "pingresp") return found;
      found.push(packet);
    }
  }

  /**
   * The messages that come before one that is published to `topic` now, acknowledged: what a
   * subscription brings comes before what is published after it.
   */
  async before(topic: string): Promise<readonly Publish[]> {
    const marker = `end ${this.newId()}`;
    await this.publish(topic, marker, { qos: 1 });
    const found: Publish[] = [];
    for (;;) {
      const message = await this.receive();
      if (String(message.payload) === marker) return found;
      found.push(message);
    }
  }

  /** The code by which MQTT 5 refuses a PUBLISH of QoS 1; how a 3.1.1 connection ends. */
  async refusal(messageId: number): Promise<number | "closed"> {
    if (this.version === 4) return this.ended();
    return (await this.answer("puback", messageId)).reasonCode ?? 0;
  }

  /** Waits until the server closes; the reason code of the last word it said, or "closed". */
  async ended(): Promise<number | "closed"> {
    const until = Date.now() + patienceMs;
    while (!this.#closed) {
      const left = until - Date.now();
      if (left <= 0) throw new Error(`The server did not close within ${patienceMs} ms.`);
      await this.#change(left);
    }
    if (this.#broken !== undefined) throw this.#broken;
    const last = this.#frames.at(-1)?.packet;
    if (last?.cmd === "disconnect") return last.reasonCode ?? 0;
    if (last?.cmd === "connack") return last.reasonCode ?? last.returnCode ?? 0;
    return "closed";
  }

  /** What was received and not read. */
  unread(): readonly Packet[] {
    return this.#frames.map(({ packet }) => packet);
  }

  /** Leaves as the standard asks. */
  async leave(reasonCode = 0, more: PacketOf<"disconnect">["properties"] = {}): Promise<void> {
    this.send({
      cmd: "disconnect",
      ...(this.version === 5 ? { reasonCode, properties: more } : {}),
    });
    await this.ended();
  }

  /** The network fails. */
  async drop(): Promise<void> {
    if (this.#closed) return;
    this.stream.destroy();
    await once(this.stream, "close");
  }
}

function is<C extends Packet["cmd"]>(packet: Packet, cmd: C): packet is PacketOf<C> {
  return packet.cmd === cmd;
}

/** Where the first packet ends; undefined when it is not whole. */
function frameEnd(bytes: Buffer): number | undefined {
  let length = 0;
  for (let at = 1; at <= 4; at += 1) {
    if (at >= bytes.length) return undefined;
    const byte = bytes.readUInt8(at);
    length += (byte & 127) * 128 ** (at - 1);
    if (byte >= 128) continue;
    // [MQTT-1.5.5-1], for every packet that any test receives.
    if (at > 1 && byte === 0) throw new Error("A remaining length is longer than it needs to be.");
    return at + 1 + length <= bytes.length ? at + 1 + length : undefined;
  }
  throw new Error("A remaining length of more than four bytes.");
}

function parse(bytes: Buffer, version: Version): Packet {
  const type = bytes.readUInt8(0) >> 4;
  // [MQTT-2.1.3-1], likewise.
  if (type !== 3 && (bytes.readUInt8(0) & 15) !== (flags[type] ?? 0)) {
    throw new Error(`Reserved flags of a packet of type ${type} are wrong.`);
  }
  const found: Packet[] = [];
  const machine = parser({ protocolVersion: version });
  machine.on("packet", (packet) => found.push(packet));
  machine.on("error", (error: unknown) => {
    throw error;
  });
  machine.parse(bytes);
  const [packet] = found;
  if (packet === undefined || found.length > 1)
    throw new Error(`Not one packet: ${bytes.toString("hex")}`);
  return packet;
}
