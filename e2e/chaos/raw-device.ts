import { connect, type Socket } from "node:net";
import { generate, parser, type IConnackPacket, type Packet } from "mqtt-packet";
import type { EventLog } from "#e2e/chaos/event-log.ts";

/**
 * How a device names its messages, and so how a retransmission is recognised. With neither time nor
 * id only the packet identifier of QoS 2 and the kept session can tell.
 */
export type Naming = "time and id" | "id only" | "nothing";

export type RawDeviceOptions = {
  readonly id: string;
  readonly token: string;
  /** Asked at every connection. */
  readonly port: () => number;
  readonly naming: Naming;
  /** Messages in flight. */
  readonly window: number;
  readonly log: EventLog;
  readonly version?: 4 | 5;
  readonly qos?: 1 | 2;
  /** Keeps its session (clean start off, expiry one hour). */
  readonly isPersistent?: boolean;
  readonly clientId?: string;
  /** Gives the connection up when something in flight is not answered for so long. */
  readonly patienceMs?: number;
  /** Wait between a connection's end and the next. */
  readonly reconnectMs?: readonly [number, number];
  /** Messages a second at most. */
  readonly rate?: number;
};

type Flight = {
  readonly number: number;
  readonly ts: number;
  /** Of QoS 2: PUBREC came, PUBREL is sent from here on. */
  isReleased: boolean;
};

/**
 * A device over a bare socket, QoS 1 or 2. It keeps what was not acknowledged, and after every
 * reconnection sends it again first, marked DUP, as the standard demands.
 */
export class RawDevice {
  readonly #options: RawDeviceOptions;
  readonly #flights = new Map<number, Flight>();
  #socket: Socket | undefined;
  #online = false;
  #running = true;
  #sending = true;
  #next = 1;
  #connection = 0;
  /** Packet identifiers in the order in which they were sent on this connection. */
  #expected: number[] = [];
  #lastAnswerAt = 0;
  #tokens = 0;
  #filledAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  acknowledgedCount = 0;
  reconnections = 0;
  /** DISCONNECT with 0x8E. */
  takenOver = 0;
  /** CONNACKs other than 0. */
  refusals = 0;
  /** CONNACKs without "session present" for a session that should have been kept. */
  forgottenSessions = 0;
  /** Acknowledgements that came before that of an earlier message [MQTT-4.6.0-2]. */
  unorderedAnswers = 0;
  /** PUBACKs and PUBRECs with a reason code of 0x80 or above. */
  rejections = 0;

  constructor(options: RawDeviceOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), 100);
  }

  start(): void {
    this.#connect();
  }

  get isOnline(): boolean {
    return this.#online;
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  /** No new messages; what is in flight is still sent until it is acknowledged. */
  drain(): void {
    this.#sending = false;
  }

  /** Ends the connection without a word; another one follows. */
  drop(): void {
    this.#socket?.destroy();
  }

  stop(): void {
    this.#running = false;
    clearInterval(this.#timer);
    this.#socket?.destroy();
  }

  #tick(): void {
    const { patienceMs = 30_000, rate } = this.#options;
    const isStuck = this.#flights.size > 0 || !this.#online;
    const now = performance.now();
    if (isStuck && now - this.#lastAnswerAt > patienceMs) this.#socket?.destroy();
    else if (this.#online && now - this.#lastAnswerAt > 15_000) {
      this.#send({ cmd: "pingreq" });
    }
    if (rate !== undefined) this.#fill();
  }

  #connect(): void {
    if (!this.#running) return;
    const socket = connect({ port: this.#options.port(), host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    this.#connection += 1;
    this.#expected = [];
    this.#lastAnswerAt = performance.now();
    const codec = parser({ protocolVersion: this.#version });
    codec.on("packet", (packet) => {
      this.#lastAnswerAt = performance.now();
      this.#read(packet);
    });
    codec.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => codec.parse(chunk));
    socket.on("connect", () => socket.write(this.#connectPacket()));
    // Whatever ends the connection ends in "close", which connects again.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#online = false;
      this.reconnections += 1;
      const [least, most] = this.#options.reconnectMs ?? [30, 100];
      setTimeout(() => this.#connect(), least + Math.random() * (most - least));
    });
  }

  get #version(): 4 | 5 {
    return this.#options.version ?? 4;
  }

  #connectPacket(): Buffer {
    const { id, token, isPersistent = false, clientId = id } = this.#options;
    return generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: this.#version,
      clean: !isPersistent,
      clientId,
      keepalive: 30,
      username: id,
      password: Buffer.from(token),
      ...(this.#version === 5
        ? { properties: { sessionExpiryInterval: isPersistent ? 3600 : 0 } }
        : {}),
    });
  }

  #read(packet: Packet): void {
    if (packet.cmd === "connack") this.#accepted(packet);
    else if (packet.cmd === "puback" || packet.cmd === "pubcomp") this.#acknowledged(packet);
    else if (packet.cmd === "pubrec") this.#received(packet);
    else if (packet.cmd === "disconnect" && packet.reasonCode === 0x8e) this.takenOver += 1;
  }

  #accepted(packet: IConnackPacket): void {
    if ((this.#version === 5 ? packet.reasonCode : packet.returnCode) !== 0) {
      this.refusals += 1;
      this.#socket?.destroy();
      return;
    }
    this.#online = true;
    const { isPersistent = false } = this.#options;
    if (isPersistent && !packet.sessionPresent && this.acknowledgedCount > 0) {
      this.forgottenSessions += 1;
    }
    for (const [packetId, flight] of this.#flights) this.#transmit(packetId, flight, true);
    this.#fill();
  }

  #isInOrder(packetId: number): void {
    const at = this.#expected.indexOf(packetId);
    if (at > 0) this.unorderedAnswers += 1;
    if (at >= 0) this.#expected.splice(at, 1);
  }

  #received(packet: Extract<Packet, { readonly cmd: "pubrec" }>): void {
    const packetId = packet.messageId ?? 0;
    const flight = this.#flights.get(packetId);
    if (flight === undefined) return;
    if ((packet.reasonCode ?? 0) >= 0x80) {
      this.rejections += 1;
      this.#flights.delete(packetId);
      return this.#fill();
    }
    if (!flight.isReleased) {
      this.#isInOrder(packetId);
      this.#note(flight);
    }
    flight.isReleased = true;
    this.#send({ cmd: "pubrel", messageId: packetId });
  }

  /** Of QoS 2 it is PUBREC that takes the message over. */
  #note(flight: Flight): void {
    this.#options.log.append(`A ${this.#options.id}/${flight.number} ${this.#connection}`);
    this.acknowledgedCount += 1;
  }

  #acknowledged(packet: Extract<Packet, { readonly cmd: "puback" | "pubcomp" }>): void {
    const packetId = packet.messageId ?? 0;
    const flight = this.#flights.get(packetId);
    if (flight === undefined) return;
    this.#flights.delete(packetId);
    if (packet.cmd === "puback") {
      this.#isInOrder(packetId);
      if ((packet.reasonCode ?? 0) >= 0x80) this.rejections += 1;
      else this.#note(flight);
    }
    this.#fill();
  }

  #mayStart(): boolean {
    const { rate, window } = this.#options;
    if (!this.#sending || !this.#online || this.#flights.size >= window) return false;
    if (rate === undefined) return true;
    const now = performance.now();
    this.#tokens = Math.min(window, this.#tokens + ((now - this.#filledAt) / 1000) * rate);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #fill(): void {
    while (this.#mayStart()) {
      const flight = { number: this.#next, ts: Date.now(), isReleased: false };
      this.#next += 1;
      const packetId = (flight.number % 65_535) + 1;
      this.#flights.set(packetId, flight);
      this.#transmit(packetId, flight, false);
    }
  }

  /** Sends what is due for the flight once the log has it. */
  #transmit(packetId: number, flight: Flight, dup: boolean): void {
    const { id, log } = this.#options;
    const connection = this.#connection;
    if (flight.isReleased) {
      this.#send({ cmd: "pubrel", messageId: packetId });
      return;
    }
    this.#expected.push(packetId);
    log.append(`P ${id}/${flight.number} ${connection}`);
    log.afterSync(() => {
      if (connection !== this.#connection || !this.#online) return;
      this.#send({
        cmd: "publish",
        topic: `qs/v1/d/${id}/up/telemetry`,
        payload: this.#payload(flight),
        qos: this.#options.qos ?? 1,
        dup,
        retain: false,
        messageId: packetId,
      });
    });
  }

  #payload({ number, ts }: Flight): string {
    const { naming } = this.#options;
    const values = { n: number, c: this.#connection, load: 0.5 };
    switch (naming) {
      case "time and id":
        return JSON.stringify({ id: `m${number}`, ts, values });
      case "id only":
        return JSON.stringify({ id: `m${number}`, values });
      case "nothing":
        return JSON.stringify(values);
    }
  }

  #send(packet: Packet): void {
    this.#socket?.write(generate(packet, { protocolVersion: this.#version }));
  }
}
