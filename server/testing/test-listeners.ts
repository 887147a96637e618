import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { generate, parser, type Packet } from "mqtt-packet";
import { pino } from "pino";
import type { DeviceContactRow } from "#server/db/write-device-contacts.ts";
import type { DeviceSessionRow } from "#server/db/write-device-sessions.ts";
import type { RefusedConnectionRow } from "#server/db/upsert-refused-connections.ts";
import type { LiveFrame } from "#server/domain/live.ts";
import type {
  CertificateRecord,
  CredentialRecord,
  RegisteredDevice,
  ServiceClientRecord,
} from "#server/gateway/identify/registry.ts";
import { defaultLimits, type MqttLimits } from "#server/gateway/mqtt/limits.ts";
import { startMqttListenersOn, type MqttListeners } from "#server/gateway/mqtt/listener.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import type {
  InboundMessage,
  Ingest,
  RejectedAt,
  RelayedMessage,
  Settlement,
} from "#server/ingest/message.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

/** A pipeline without a database: settles at once, or when the test says so. */
export type FakeIngest = Ingest & {
  readonly accepted: InboundMessage[];
  readonly relayed: RelayedMessage[];
  /** Given up for want of room. */
  readonly shedded: (InboundMessage | RelayedMessage)[];
  /** Refused before the pipeline. */
  readonly rejected: { readonly at: RejectedAt; readonly reason: string }[];
  /** Messages that are not settled. */
  readonly held: (InboundMessage | RelayedMessage)[];
  automatic: boolean;
  room: boolean;
  /** Settles the oldest `count` messages, all unless given. */
  settle(settlement: Settlement, count?: number): void;
  makeRoom(): void;
};

export function createFakeIngest(): FakeIngest {
  const waiting: (() => void)[] = [];
  const take = (message: InboundMessage | RelayedMessage): void => {
    if (ingest.held.push(message) === 1 && ingest.automatic) {
      setImmediate(() => ingest.settle({ outcome: "stored" }));
    }
  };
  const ingest: FakeIngest = {
    accepted: [],
    relayed: [],
    shedded: [],
    rejected: [],
    held: [],
    automatic: true,
    room: true,
    accept: (message) => {
      ingest.accepted.push(message);
      take(message);
    },
    relay: (message) => {
      ingest.relayed.push(message);
      take(message);
    },
    shed: (message) => {
      ingest.shedded.push(message);
    },
    reject: (at, reason) => {
      ingest.rejected.push({ at, reason });
    },
    settle: (settlement, count = ingest.held.length) => {
      for (const message of ingest.held.splice(0, count)) {
        message.origin.settle(message, settlement);
      }
    },
    get hasRoom() {
      return ingest.room;
    },
    onceRoom: (callback) => {
      waiting.push(callback);
    },
    makeRoom: () => {
      ingest.room = true;
      for (const callback of waiting.splice(0)) callback();
    },
  };
  return ingest;
}

/** A device with a certificate of the test's CA and a token. */
export type TestPeer = {
  readonly device: RegisteredDevice;
  readonly key: string;
  readonly cert: string;
  readonly sha256: string;
  readonly token: string;
};

export type TestListeners = {
  readonly listeners: MqttListeners;
  readonly ingest: FakeIngest;
  readonly tls: ListenerTls;
  readonly signer: TestSigner;
  readonly refused: RefusedConnectionRow[];
  readonly sessions: DeviceSessionRow[];
  readonly contacts: DeviceContactRow[];
  readonly frames: LiveFrame[];
  readonly activated: string[];
  readonly certificates: Map<string, CertificateRecord>;
  readonly credentials: Map<string, CredentialRecord>;
  /** By user name. */
  readonly serviceClients: Map<string, ServiceClientRecord>;
  /** Lookups fail while true. */
  readonly away: { registry: boolean };
  addDevice(deviceId: string): Promise<TestPeer>;
  /** Resolves when a refusal with the cause (and the words) was written. */
  refusal(cause: string, words?: string): Promise<RefusedConnectionRow>;
  stop(): Promise<void>;
};

let nextKey = 1n;

async function issue(signer: TestSigner, device: RegisteredDevice) {
  const { privateKeyPem, csrPem } = await makeKeyAndRequest();
  const { certificatePem, chainPem } = await signer.signer.sign({
    kind: "device",
    csrPem,
    deviceId: device.deviceId,
    deviceUuid: device.id,
    organisation: "Test",
    days: 30,
  });
  return { key: privateKeyPem, cert: certificatePem + chainPem, leaf: certificatePem };
}

async function serverTls(signer: TestSigner): Promise<ListenerTls> {
  const { privateKeyPem, csrPem } = await makeKeyAndRequest();
  const signed = await signer.signer.sign({
    kind: "server",
    csrPem,
    hosts: ["localhost", "127.0.0.1"],
  });
  return { key: privateKeyPem, cert: signed.certificatePem + signed.chainPem, ca: signed.chainPem };
}

/** Listeners on free ports of loopback, on fakes of everything behind them. */
export async function startTestListeners(limits: Partial<MqttLimits> = {}): Promise<TestListeners> {
  const signer = await createTestSigner();
  const tls = await serverTls(signer);
  const ingest = createFakeIngest();
  const tenantId = randomUUID();
  const certificates = new Map<string, CertificateRecord>();
  const credentials = new Map<string, CredentialRecord>();
  const serviceClients = new Map<string, ServiceClientRecord>();
  const refused: RefusedConnectionRow[] = [];
  const sessions: DeviceSessionRow[] = [];
  const contacts: DeviceContactRow[] = [];
  const frames: LiveFrame[] = [];
  const activated: string[] = [];
  const away = { registry: false };
  const ask = <T>(value: T): Promise<T> =>
    away.registry ? Promise.reject(new Error("away")) : Promise.resolve(value);
  const listeners = await startMqttListenersOn(
    {
      ingest,
      live: { emit: (_, frame) => frames.push(frame) },
      limits: { ...defaultLimits, drainMs: 1_000, ...limits },
      tls,
      ports: { mqtt: 0, mqtts: 0 },
      host: "127.0.0.1",
      plainPublic: false,
      workerId: randomUUID(),
      log: pino({ level: "silent" }),
      clock: () => Date.now(),
    },
    {
      registry: {
        certificate: (sha256) => ask(certificates.get(sha256)),
        credentials: (deviceId) => ask(credentials.get(deviceId)),
        serviceClient: (username) => ask(serviceClients.get(username)),
        refresh: () => ask(undefined),
        forget: () => undefined,
        forgetServiceClient: () => undefined,
        noteUsed: () => undefined,
        flushUsed: () => Promise.resolve(),
        forgetAll: () => undefined,
      },
      refusals: {
        owners: async (ids) => new Map(ids.map((id) => [id, { tenantId, deviceKey: null }])),
        upsert: async (rows) => {
          refused.push(...rows);
        },
      },
      status: {
        writeSessions: async (rows) => {
          sessions.push(...rows);
        },
        writeContacts: async (rows) => {
          contacts.push(...rows);
        },
      },
      activate: async ({ id }) => {
        activated.push(id);
        return true;
      },
    },
  );
  return {
    listeners,
    ingest,
    tls,
    signer,
    refused,
    sessions,
    contacts,
    frames,
    activated,
    certificates,
    credentials,
    serviceClients,
    away,
    addDevice: async (deviceId) => {
      const device: RegisteredDevice = {
        tenantId,
        deviceKey: nextKey++,
        id: randomUUID(),
        deviceId,
        profileId: randomUUID(),
        state: "active",
      };
      const { key, cert, leaf } = await issue(signer, device);
      const { sha256, notBefore, notAfter } = describeCertificate(leaf);
      const token = randomUUID();
      certificates.set(sha256, {
        id: randomUUID(),
        sha256,
        state: "active",
        notBefore,
        notAfter,
        revokedAt: null,
        revocationReason: null,
        device,
      });
      const hash = createHash("sha256").update(token).digest();
      credentials.set(deviceId, { device, secretHashes: [hash], sasKeys: [] });
      return { device, key, cert, sha256, token };
    },
    refusal: async (cause, words = "") => {
      for (let waited = 0; waited < 4_000; waited += 20) {
        const row = refused.find(
          ({ reason, detail }) => reason === cause && detail.includes(words),
        );
        if (row !== undefined) return row;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(
        `No refusal ${cause}; there are: ${refused.map(({ reason, detail }) => `${reason} ${detail}`).join(", ")}`,
      );
    },
    stop: async () => {
      await listeners.stop();
      signer.remove();
    },
  };
}

/** A client on a bare socket: says exactly what the test wants, good or bad. */
export class RawClient {
  readonly socket: Socket;
  readonly version: 4 | 5;
  closed = false;
  readonly #packets: Packet[] = [];
  readonly #waiting: ((packet: Packet | "closed") => void)[] = [];

  constructor(socket: Socket, version: 4 | 5) {
    this.socket = socket;
    this.version = version;
    const incoming = parser({ protocolVersion: version });
    incoming.on("packet", (packet) => {
      const taker = this.#waiting.shift();
      if (taker === undefined) this.#packets.push(packet);
      else taker(packet);
    });
    socket.on("data", (chunk: Buffer) => incoming.parse(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      for (const taker of this.#waiting.splice(0)) taker("closed");
    });
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet, { protocolVersion: this.version }));
  }

  write(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  /** The next packet, or "closed". */
  next(): Promise<Packet | "closed"> {
    const packet = this.#packets.shift();
    if (packet !== undefined) return Promise.resolve(packet);
    if (this.closed) return Promise.resolve("closed");
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** How the server ends it: the reason code of DISCONNECT or CONNACK, or "closed" without a word. */
  async ending(): Promise<number | "closed"> {
    const packet = await this.next();
    if (packet === "closed") return packet;
    if (packet.cmd !== "disconnect" && packet.cmd !== "connack") {
      throw new Error(`The server sent ${packet.cmd.toUpperCase()} instead of ending it.`);
    }
    const returnCode = packet.cmd === "connack" ? packet.returnCode : undefined;
    return packet.reasonCode ?? returnCode ?? "closed";
  }

  async untilClosed(): Promise<void> {
    if (!this.closed) await once(this.socket, "close");
  }

  end(): void {
    this.socket.destroy();
  }
}

/** Opens a plain connection without sending anything. */
export async function openPlain(at: TestListeners, version: 4 | 5 = 5): Promise<RawClient> {
  const socket = connectTcp(at.listeners.ports.mqtt, "127.0.0.1");
  await once(socket, "connect");
  return new RawClient(socket, version);
}

/** Opens a TLS connection without sending anything. */
export async function openSecure(
  at: TestListeners,
  peer: Pick<TestPeer, "key" | "cert"> | undefined,
  more: ConnectionOptions & { readonly version?: 4 | 5 } = {},
): Promise<RawClient> {
  const { version = 5, ...options } = more;
  const socket = connectTls({
    host: "127.0.0.1",
    port: at.listeners.ports.mqtts,
    ca: at.tls.ca,
    ...(peer === undefined ? {} : { key: peer.key, cert: peer.cert }),
    ...options,
  });
  const client = new RawClient(socket, version);
  await once(socket, "secureConnect");
  return client;
}

/** A CONNECT of a device with its token, with whatever a test changes. */
export function connectPacket(
  peer: TestPeer,
  version: 4 | 5,
  more: Partial<Extract<Packet, { cmd: "connect" }>> = {},
): Packet {
  return {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: version,
    clean: true,
    clientId: peer.device.deviceId,
    keepalive: 60,
    username: peer.device.deviceId,
    password: Buffer.from(peer.token),
    ...more,
  };
}

/** A device that is connected over the plain listener. */
export async function connectPlain(
  at: TestListeners,
  peer: TestPeer,
  version: 4 | 5 = 5,
  more: Partial<Extract<Packet, { cmd: "connect" }>> = {},
): Promise<RawClient> {
  const client = await openPlain(at, version);
  client.send(connectPacket(peer, version, more));
  const connack = await client.next();
  if (connack === "closed" || connack.cmd !== "connack") throw new Error("No CONNACK.");
  if ((connack.reasonCode ?? connack.returnCode) !== 0) {
    throw new Error(`Refused: ${JSON.stringify(connack)}`);
  }
  return client;
}
