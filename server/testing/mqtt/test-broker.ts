import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { IConnectPacket } from "mqtt-packet";
import type { ServicePrincipal } from "#server/gateway/identify/principal.ts";
import { publishWill } from "#server/gateway/mqtt/will.ts";
import {
  startTestListeners,
  type TestLimits,
  type TestListeners,
} from "#server/testing/test-listeners.ts";
import { WireClient, type Version } from "#server/testing/mqtt/wire-client.ts";

export type ConnectOptions = {
  readonly clientId?: string;
  /** Keeps the session after the connection, and goes on with one that is there. */
  readonly kept?: boolean;
  /** Seconds; MQTT 5 only. 100 for a kept session, else none. */
  readonly expiry?: number;
  /** Clean start; unless given, the opposite of `kept`. */
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly will?: IConnectPacket["will"];
  readonly password?: string;
  readonly username?: string;
  readonly properties?: IConnectPacket["properties"];
};

export type TestBroker = {
  readonly at: TestListeners;
  /** A connection on which nothing was said. */
  open(version: Version): Promise<WireClient>;
  /** CONNECT of a service client that may publish and subscribe wherever a tenant's client may. */
  packet(version: Version, options?: ConnectOptions): IConnectPacket;
  /** A connection that was accepted; CONNACK is read. */
  connect(version: Version, options?: ConnectOptions): Promise<WireClient>;
  /** A client id, or the beginning of a topic, that nobody else has. */
  unique(): string;
  stop(): Promise<void>;
};

let last = 0;

function unique(): string {
  last += 1;
  return `c${last}x${randomUUID().slice(0, 8)}`;
}

function defaults() {
  return { kept: false, clientId: unique(), keepalive: 60 };
}

type Account = {
  readonly principal: ServicePrincipal;
  readonly username: string;
  readonly password: string;
};

/** A service client of its own tenant that may publish and subscribe wherever one may. */
function addAccount(at: TestListeners): Account {
  const username = "conformance@test";
  const password = randomUUID();
  const principal: ServicePrincipal = {
    kind: "service",
    tenantId: randomUUID(),
    serviceClientId: randomUUID(),
    name: username,
    operator: false,
    grants: [{ filter: "#", mayPublish: true, maySubscribe: true }],
  };
  const hash = createHash("sha256").update(password).digest();
  const passwords = [{ id: randomUUID(), hash }];
  at.serviceClients.set(username, { principal, state: "active", passwords });
  return { principal, username, password };
}

/** Publishes the wills that are due, as the worker's keeper of sessions does. */
function keepWills(at: TestListeners, { principal }: Account): () => void {
  const published = new Set<Date>();
  const timer = setInterval(() => {
    for (const { key, will, willDueAt, workerId } of at.store.sessions()) {
      if (will === undefined || willDueAt === undefined || workerId !== undefined) continue;
      if (published.has(willDueAt) || willDueAt.getTime() > Date.now()) continue;
      published.add(willDueAt);
      void publishWill(
        at.listeners.gateway,
        { principal, publisher: key, transport: "mqtt" },
        will,
      );
    }
  }, 50);
  return () => clearInterval(timer);
}

/** The listeners with everything behind them in memory, and clients that say what a test wants. */
export async function startTestBroker(limits: TestLimits = {}): Promise<TestBroker> {
  const at = await startTestListeners(limits);
  const account = addAccount(at);
  const stopWills = keepWills(at, account);
  const open = async (version: Version) => {
    const socket = connectTcp({ port: at.listeners.ports.mqtt, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new WireClient(socket, version);
  };
  const packet = (version: Version, options: ConnectOptions = {}): IConnectPacket => {
    const { principal: _, ...login } = account;
    const { username, password, will, kept, ...more } = { ...login, ...defaults(), ...options };
    const expiry = more.expiry ?? (kept ? 100 : undefined);
    const expires = expiry === undefined ? {} : { sessionExpiryInterval: expiry };
    return {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: version,
      clean: more.clean ?? !kept,
      clientId: more.clientId,
      keepalive: more.keepalive,
      username,
      password: Buffer.from(password),
      ...(will === undefined ? {} : { will }),
      ...(version === 5 ? { properties: { ...expires, ...more.properties } } : {}),
    };
  };
  return {
    at,
    open,
    packet,
    unique,
    connect: async (version, options) => {
      const client = await open(version);
      const asked = packet(version, options);
      client.send(asked);
      client.connack = await client.take("connack");
      client.clientId = asked.clientId;
      const code = client.connack.reasonCode ?? client.connack.returnCode ?? 0;
      if (code !== 0) throw new Error(`CONNECT was refused with 0x${code.toString(16)}.`);
      return client;
    },
    stop: async () => {
      stopWills();
      await at.stop();
    },
  };
}
