import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WireClient } from "#server/testing/mqtt/wire-client.ts";
import type { TestDevice } from "#server/testing/installation.ts";

/** A message of a device, or of a child that it speaks for. */
export type Saying = {
  /** By the device's own clock, epoch milliseconds; absent: the message has no time. */
  readonly ts?: number;
  /** Several readings in one message, instead of one. */
  readonly times?: readonly number[];
  readonly child?: DrivenDevice;
  /** Says the same again as another message with this id. */
  readonly id?: string;
  /** Sent as it is. */
  readonly raw?: string;
};

const pingEveryMs = 15_000;

/** A device over a bare MQTT 5 connection that does what a script says, and nothing by itself but pings. */
export class DrivenDevice {
  readonly identity: TestDevice;
  readonly #now: () => number;
  readonly #portOf: (worker: string) => number;
  #client: WireClient | undefined;
  #pings: NodeJS.Timeout | undefined;
  #said = 0;
  /** The longest that an answer of the server took, in seconds. */
  slowest = 0;

  /** @param at.now seconds of the script */
  constructor(
    identity: TestDevice,
    at: { readonly now: () => number; readonly portOf: (worker: string) => number },
  ) {
    this.identity = identity;
    this.#now = at.now;
    this.#portOf = at.portOf;
  }

  /**
   * Connects; an open connection is left to the server to take over.
   * @returns when it was let in
   * @throws when it is refused
   */
  async connect(worker = "A", { keepalive = 30 } = {}): Promise<number> {
    const { id } = this.identity;
    const code = await this.knock(worker, { keepalive });
    if (code !== 0) throw new Error(`${id} was refused: ${code}.`);
    const client = this.#client;
    this.#pings = setInterval(() => client?.send({ cmd: "pingreq" }), pingEveryMs);
    return this.#now();
  }

  /** @returns the reason code of CONNACK; "closed" when nothing was said */
  async knock(
    worker = "A",
    { keepalive = 30, token = this.identity.token } = {},
  ): Promise<number | "closed"> {
    clearInterval(this.#pings);
    const began = this.#now();
    const socket = connect({ port: this.#portOf(worker), host: "127.0.0.1", noDelay: true });
    const client = new WireClient(socket, 5);
    await once(socket, "connect");
    const { id } = this.identity;
    client.send({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 5,
      clean: true,
      clientId: id,
      keepalive,
      username: id,
      password: Buffer.from(token),
    });
    try {
      const { reasonCode = 0 } = await client.take("connack");
      if (reasonCode === 0) this.#client = client;
      this.#took(began);
      return reasonCode;
    } catch {
      return "closed";
    }
  }

  /** @returns when it was sent: it is received at once, however long its commit takes */
  async say({ child, ts, times, id, raw }: Saying = {}): Promise<number> {
    this.#said += 1;
    const own = `qs/v1/d/${this.identity.id}/up`;
    const topic = child === undefined ? own : `${own}/child/${child.identity.id}`;
    const reading = (at: number | undefined) => ({
      ...(at !== undefined && { ts: at }),
      values: { n: this.#said },
    });
    const body =
      times === undefined
        ? { ...(id !== undefined && { id }), ...reading(ts) }
        : times.map(reading);
    const sentAt = this.#now();
    await this.open.publish(`${topic}/telemetry`, raw ?? JSON.stringify(body), { qos: 1 });
    this.#took(sentAt);
    return sentAt;
  }

  #took(since: number): void {
    this.slowest = Math.max(this.slowest, this.#now() - since);
  }

  /**
   * Says something every so many seconds, for its children as well.
   * @returns when it said the last thing
   */
  async talk(at: {
    readonly until: number;
    readonly every?: number;
    readonly children?: readonly DrivenDevice[];
  }): Promise<number> {
    const { until, every = 4, children = [] } = at;
    for (;;) {
      const saidAt = await this.say();
      for (const child of children) await this.say({ child });
      const next = Math.max(saidAt + every, this.#now());
      if (next > until) return saidAt;
      await sleep((next - this.#now()) * 1_000);
    }
  }

  /** @returns when it said goodbye */
  async goodbye(): Promise<number> {
    clearInterval(this.#pings);
    const at = this.#now();
    await this.open.leave();
    this.#took(at);
    return at;
  }

  /** The network fails. @returns when */
  async drop(): Promise<number> {
    clearInterval(this.#pings);
    const at = this.#now();
    await this.open.drop();
    return at;
  }

  /** It hangs: its socket stays open, and nothing comes any more, not even a ping. */
  hang(): void {
    clearInterval(this.#pings);
  }

  /** Resolves when the server has ended the connection. */
  async ended(): Promise<number> {
    await this.open.ended();
    clearInterval(this.#pings);
    return this.#now();
  }

  stop(): void {
    clearInterval(this.#pings);
    this.#client?.stream.destroy();
  }

  get open(): WireClient {
    if (this.#client === undefined) throw new Error(`${this.identity.id} is not connected.`);
    return this.#client;
  }
}
