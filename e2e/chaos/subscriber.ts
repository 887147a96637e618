import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  generate,
  parser,
  type IConnackPacket,
  type IPublishPacket,
  type Packet,
} from "mqtt-packet";
import type { EventLog } from "#e2e/chaos/event-log.ts";

export type SubscriberOptions = {
  /** In the log. */
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  readonly port: () => number;
  readonly log: EventLog;
  readonly receiveMaximum?: number;
};

const topicPattern = /^qs\/v1\/d\/([^/]+)\/up\//;

/**
 * A subscriber over a bare socket (MQTT 5) that keeps its session. It writes each message that it
 * is handed to the log, synced, before it answers it; of QoS 2 it remembers the packet identifiers
 * that are not released, so the same delivery is taken once [MQTT-4.3.3-12].
 */
export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #unreleased = new Set<number>();
  #socket: Socket | undefined;
  #running = false;
  #isSubscribed = false;
  #lastDeliveryAt = performance.now();
  delivered = 0;
  reconnections = 0;
  forgottenSessions = 0;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#connect();
  }

  /** Leaves without a word and stays away. */
  pause(): void {
    this.#running = false;
    this.#socket?.destroy();
  }

  resume(): void {
    this.start();
  }

  /** Reads nothing more while the connection stays open: a consumer that hangs. */
  freeze(): void {
    this.#socket?.pause();
  }

  thaw(): void {
    this.#socket?.resume();
  }

  stop(): void {
    this.pause();
  }

  /** @throws Error when the subscription is not granted within ten seconds */
  async untilSubscribed(): Promise<void> {
    for (let waited = 0; waited < 10_000; waited += 20) {
      if (this.#isSubscribed) return;
      await sleep(20);
    }
    throw new Error(`The subscription of ${this.#options.name} was not granted.`);
  }

  /** Resolves once nothing was delivered for so long. */
  async untilQuiet(quietMs: number): Promise<void> {
    this.#lastDeliveryAt = performance.now();
    while (performance.now() - this.#lastDeliveryAt < quietMs) await sleep(50);
  }

  #connect(): void {
    if (!this.#running) return;
    const { port, username, password, clientId, receiveMaximum = 1_000 } = this.#options;
    const socket = connect({ port: port(), host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    const codec = parser({ protocolVersion: 5 });
    codec.on("packet", (packet) => this.#read(socket, packet));
    codec.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => codec.parse(chunk));
    socket.on("connect", () =>
      send(socket, {
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 5,
        clean: false,
        clientId,
        keepalive: 60,
        username,
        password: Buffer.from(password),
        properties: { sessionExpiryInterval: 3_600, receiveMaximum },
      }),
    );
    const ping = setInterval(() => send(socket, { cmd: "pingreq" }), 20_000);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(ping);
      this.reconnections += 1;
      setTimeout(() => this.#connect(), 30 + Math.random() * 70);
    });
  }

  #read(socket: Socket, packet: Packet): void {
    if (packet.cmd === "connack") this.#accepted(socket, packet);
    else if (packet.cmd === "publish") this.#take(socket, packet);
    else if (packet.cmd === "suback") {
      this.#isSubscribed = packet.granted.every((code) => Number(code) < 0x80);
    } else if (packet.cmd === "pubrel") {
      this.#unreleased.delete(packet.messageId ?? 0);
      send(socket, { cmd: "pubcomp", messageId: packet.messageId ?? 0 });
    }
  }

  #accepted(socket: Socket, packet: IConnackPacket): void {
    if (packet.reasonCode !== 0) {
      socket.destroy();
      return;
    }
    if (packet.sessionPresent) return;
    if (this.#isSubscribed) this.forgottenSessions += 1;
    // Without a session on the other side nothing is known of these [MQTT-4.4.0-1].
    this.#unreleased.clear();
    const { filter, qos } = this.#options;
    send(socket, { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: filter, qos }] });
  }

  #take(socket: Socket, packet: IPublishPacket): void {
    const { name, log } = this.#options;
    const packetId = packet.messageId ?? 0;
    const isKnown = packet.qos === 2 && this.#unreleased.has(packetId);
    if (!isKnown) {
      if (packet.qos === 2) this.#unreleased.add(packetId);
      this.delivered += 1;
      this.#lastDeliveryAt = performance.now();
      log.append(`R ${name} ${topicPattern.exec(packet.topic)?.[1] ?? "?"}/${numberOf(packet)}`);
    }
    if (packet.qos === 0) return;
    const answer = packet.qos === 1 ? ("puback" as const) : ("pubrec" as const);
    log.afterSync(() => send(socket, { cmd: answer, messageId: packetId }));
  }
}

function send(socket: Socket, packet: Packet): void {
  if (!socket.destroyed) socket.write(generate(packet, { protocolVersion: 5 }));
}

function numberOf({ payload }: IPublishPacket): number {
  const read = JSON.parse(payload.toString()) as { n?: number; values?: { n?: number } };
  return read.values?.n ?? read.n ?? -1;
}
