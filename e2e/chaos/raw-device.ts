import { openSync, readFileSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { generate, parser } from "mqtt-packet";

/** How a device names its messages, and so how a retransmission is recognised. */
export type Naming = "time and id" | "id only";

/** Appends one line per event, before the event can have an effect. */
export type EventLog = { write(line: string): void };

/** Opens (or continues) the append-only log of all devices. */
export function openEventLog(file: string): EventLog {
  const descriptor = openSync(file, "a");
  return { write: (line) => void writeSync(descriptor, `${line}\n`) };
}

/** Reads a log back: which messages were attempted, which acknowledged. */
export function readEventLog(file: string): {
  readonly attempted: Set<string>;
  readonly acknowledged: Set<string>;
} {
  const attempted = new Set<string>();
  const acknowledged = new Set<string>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.startsWith("P ")) attempted.add(line.slice(2));
    if (line.startsWith("A ")) acknowledged.add(line.slice(2));
  }
  return { attempted, acknowledged };
}

type Flight = { readonly number: number; readonly ts: number };

/**
 * A device over a bare socket (MQTT 3.1.1, QoS 1). It keeps what was not acknowledged, and after
 * every reconnection sends it again first, marked DUP, as the standard demands.
 */
export class RawDevice {
  readonly #options;
  readonly #flights = new Map<number, Flight>();
  #socket: Socket | undefined;
  #online = false;
  #running = true;
  #sending = true;
  #next = 1;
  acknowledgedCount = 0;
  reconnections = 0;

  constructor(options: {
    readonly id: string;
    readonly token: string;
    readonly port: () => number;
    readonly naming: Naming;
    readonly window: number;
    readonly log: EventLog;
  }) {
    this.#options = options;
  }

  start(): void {
    this.#connect();
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  /** No new messages; what is in flight is still sent until it is acknowledged. */
  drain(): void {
    this.#sending = false;
  }

  stop(): void {
    this.#running = false;
    this.#socket?.destroy();
  }

  #connect(): void {
    if (!this.#running) return;
    const { id, token } = this.#options;
    const socket = connect({ port: this.#options.port(), host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    const codec = parser({ protocolVersion: 4 });
    codec.on("packet", (packet) => {
      if (packet.cmd === "connack" && packet.returnCode === 0) this.#accepted();
      if (packet.cmd === "puback") this.#acknowledged(packet.messageId ?? 0);
    });
    codec.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => codec.parse(chunk));
    socket.on("connect", () =>
      socket.write(
        generate({
          cmd: "connect",
          protocolId: "MQTT",
          protocolVersion: 4,
          clean: true,
          clientId: id,
          keepalive: 30,
          username: id,
          password: Buffer.from(token),
        }),
      ),
    );
    // Whatever ends the connection ends in "close", which connects again.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#online = false;
      this.reconnections += 1;
      setTimeout(() => this.#connect(), 30 + Math.random() * 70);
    });
  }

  #accepted(): void {
    this.#online = true;
    for (const [packetId, flight] of this.#flights) this.#publish(packetId, flight, true);
    this.#fill();
  }

  #acknowledged(packetId: number): void {
    const flight = this.#flights.get(packetId);
    if (flight === undefined) return;
    this.#flights.delete(packetId);
    this.#options.log.write(`A ${this.#options.id}/${flight.number}`);
    this.acknowledgedCount += 1;
    this.#fill();
  }

  #fill(): void {
    while (this.#sending && this.#online && this.#flights.size < this.#options.window) {
      const flight = { number: this.#next, ts: Date.now() };
      this.#next += 1;
      const packetId = (flight.number % 65_535) + 1;
      this.#flights.set(packetId, flight);
      this.#options.log.write(`P ${this.#options.id}/${flight.number}`);
      this.#publish(packetId, flight, false);
    }
  }

  #publish(packetId: number, flight: Flight, dup: boolean): void {
    const { id, naming } = this.#options;
    const named = { id: `m${flight.number}`, values: { n: flight.number, load: 0.5 } };
    this.#socket?.write(
      generate({
        cmd: "publish",
        topic: `qs/v1/d/${id}/up/telemetry`,
        payload: JSON.stringify(naming === "time and id" ? { ...named, ts: flight.ts } : named),
        qos: 1,
        dup,
        retain: false,
        messageId: packetId,
      }),
    );
  }
}
