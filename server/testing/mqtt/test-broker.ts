import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { IConnectPacket } from "mqtt-packet";
import type { Backing, StartBacking } from "#server/testing/mqtt/backing.ts";
import { startMemoryBacking } from "#server/testing/mqtt/memory-backing.ts";
import { WireClient, type Version } from "#server/testing/mqtt/wire-client.ts";
import type { TestLimits } from "#server/testing/test-listeners.ts";

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

export type TestBroker = Omit<Backing, "account"> & {
  /** A connection on which nothing was said. */
  open(version: Version): Promise<WireClient>;
  /** CONNECT of a service client that may read everything and publish below {@link unique}. */
  packet(version: Version, options?: ConnectOptions): IConnectPacket;
  /** A connection that was accepted; CONNACK is read. */
  connect(version: Version, options?: ConnectOptions): Promise<WireClient>;
  /** A topic, or a client id, that nobody else has. */
  unique(): string;
};

let startBacking: StartBacking = startMemoryBacking;

/** Has the brokers of this test file, and of those that it imports, started in another way. */
export function backBy(start: StartBacking): void {
  startBacking = start;
}

let last = 0;

function unique(): string {
  last += 1;
  return `conformance/${last}-${randomUUID().slice(0, 8)}`;
}

function defaults() {
  return { kept: false, clientId: unique(), keepalive: 60 };
}

/**
 * A broker and clients that say what a test wants.
 * @param options.alone when the test itself stops it
 */
export async function startTestBroker(
  options: { readonly limits?: TestLimits; readonly alone?: boolean } = {},
): Promise<TestBroker> {
  const { account, ...backing } = await startBacking({ limits: {}, alone: false, ...options });
  const open = async (version: Version) => {
    const socket = connectTcp({ port: backing.ports.mqtt, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new WireClient(socket, version);
  };
  const packet = (version: Version, asked: ConnectOptions = {}): IConnectPacket => {
    const { username, password, will, kept, ...more } = { ...account, ...defaults(), ...asked };
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
    ...backing,
    open,
    packet,
    unique,
    connect: async (version, asked) => {
      const client = await open(version);
      const connect = packet(version, asked);
      client.send(connect);
      client.connack = await client.take("connack");
      client.clientId = connect.clientId;
      const code = client.connack.reasonCode ?? client.connack.returnCode ?? 0;
      if (code !== 0) throw new Error(`CONNECT was refused with 0x${code.toString(16)}.`);
      return client;
    },
  };
}
