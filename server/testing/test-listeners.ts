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
import type { RegisterChild } from "#server/gateway/child-door.ts";
import { refuseChild } from "#server/gateway/register-child.ts";
import type {
  CertificateRecord,
  ChildRecord,
  CredentialRecord,
  RegisteredDevice,
  ServiceClientRecord,
} from "#server/gateway/identify/registry.ts";
import type { JustInTime } from "#server/gateway/identify/just-in-time.ts";
import type { PskEntry } from "#server/gateway/identify/psk-keys.ts";
import type { ServicePrincipal, TopicGrant } from "#server/gateway/identify/principal.ts";
import { createRoutes, type Routes } from "#server/broker/routes.ts";
import {
  defaultBounds,
  defaultLimits,
  type ListenerBounds,
  type MqttLimits,
} from "#server/gateway/mqtt/limits.ts";
import { startMqttListenersOn, type MqttListeners } from "#server/gateway/mqtt/listener.ts";
import { createPskHandshakes } from "#server/gateway/mqtt/psk-handshake.ts";
import { noRenewals, type RenewalDesk } from "#server/gateway/renew/renewal-port.ts";
import { createSessions } from "#server/gateway/mqtt/sessions.ts";
import { createStoreEvents } from "#server/gateway/mqtt/store-events.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { createTestDesk, type TestDesk } from "#server/testing/enrolment-desk.ts";
import { createFakeIngest, type FakeIngest } from "#server/testing/fake-ingest.ts";
import {
  createMemorySessionStore,
  type MemorySessionStore,
} from "#server/testing/memory-session-store.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

/** A device with a certificate of the test's CA and a token. */
export type TestPeer = {
  readonly device: RegisteredDevice;
  readonly key: string;
  readonly cert: string;
  readonly sha256: string;
  readonly token: string;
};

/** A service client with a password. */
export type TestService = {
  readonly principal: ServicePrincipal;
  readonly username: string;
  readonly password: string;
};

/** Bounds of the listeners, limits of a connection, and those of devices and tenants. */
export type TestLimits = Partial<ListenerBounds & MqttLimits["connection"]> & {
  readonly device?: Partial<MqttLimits["device"]>;
  readonly tenant?: Partial<MqttLimits["tenant"]>;
};

export type TestListeners = {
  readonly listeners: MqttListeners;
  readonly tenantId: string;
  readonly workerId: string;
  /** Sessions and retained messages; it outlives the listeners when it is given to others. */
  readonly store: MemorySessionStore;
  readonly routes: Routes;
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
  /** Pre-shared keys by identity. */
  readonly psks: Map<string, PskEntry>;
  /** By user name. */
  readonly serviceClients: Map<string, ServiceClientRecord>;
  /** Devices behind gateways, by id. */
  readonly children: Map<string, ChildRecord>;
  /** What becomes of children that nobody knows; refused unless a test says otherwise. */
  readonly registering: { child: RegisterChild };
  /** Who enrols devices, and what becomes of them. */
  readonly enrolment: TestDesk;
  /** Who renews certificates; nobody unless a test says otherwise. */
  readonly renewing: { desk: RenewalDesk };
  /** Runs ahead of the real time by so much. */
  readonly clock: { aheadMs: number };
  /** Lookups fail while true, and never end while silent. */
  readonly away: { registry: boolean | "silent" };
  addDevice(deviceId: string): Promise<TestPeer>;
  /** A service client `<slug>@test` of the operator's tenant with grants: [filter, "ps"]. */
  addService(slug: string, grants: readonly (readonly [string, "p" | "s" | "ps"])[]): TestService;
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

export async function serverTls(signer: TestSigner): Promise<ListenerTls> {
  const { privateKeyPem, csrPem } = await makeKeyAndRequest();
  const signed = await signer.signer.sign({
    kind: "server",
    csrPem,
    hosts: ["localhost", "127.0.0.1"],
  });
  return { key: privateKeyPem, cert: signed.certificatePem + signed.chainPem, ca: signed.chainPem };
}

function limitsFrom({ device, tenant, ...flat }: TestLimits) {
  const pick = <T extends object>(of: T): T => {
    const own = Object.entries(flat).filter(([name]) => name in of);
    return { ...of, ...Object.fromEntries(own) };
  };
  const limits: MqttLimits = {
    connection: pick({ ...defaultLimits.connection, maxSubscriptions: 32 }),
    device: { ...defaultLimits.device, ...device },
    tenant: { ...defaultLimits.tenant, ...tenant },
  };
  return { bounds: pick({ ...defaultBounds, drainMs: 1_000 }), limits };
}

/** A store and routes that deliver to the sessions of these listeners. */
function createBroker(workerId: string) {
  const sessions = createSessions();
  const routes = createRoutes({
    workerId,
    local: sessions,
    sync: { foreignVersion: 0n, catchUp: () => Promise.resolve() },
    log: pino({ level: "silent" }),
  });
  const store = createMemorySessionStore({
    workerId,
    events: createStoreEvents(sessions),
    onRoutes: (changes) => routes.apply(changes),
  });
  return { sessions, routes, store };
}

/** Listeners on free ports of loopback, on fakes of everything behind them. */
export async function startTestListeners(
  wanted: TestLimits = {},
  { justInTime }: { readonly justInTime?: JustInTime } = {},
): Promise<TestListeners> {
  const signer = await createTestSigner();
  const tls = await serverTls(signer);
  const workerId = randomUUID();
  const { sessions: connected, routes, store } = createBroker(workerId);
  const ingest = createFakeIngest(() => ({ fanout: routes, store, workerId }));
  const { bounds, limits } = limitsFrom(wanted);
  const tenantId = randomUUID();
  const certificates = new Map<string, CertificateRecord>();
  const credentials = new Map<string, CredentialRecord>();
  const psks = new Map<string, PskEntry>();
  const serviceClients = new Map<string, ServiceClientRecord>();
  const children = new Map<string, ChildRecord>();
  const enrolment = createTestDesk();
  const renewing = { desk: noRenewals };
  const clock: TestListeners["clock"] = { aheadMs: 0 };
  const registering: TestListeners["registering"] = { child: refuseChild };
  const refused: RefusedConnectionRow[] = [];
  const sessions: DeviceSessionRow[] = [];
  const contacts: DeviceContactRow[] = [];
  const frames: LiveFrame[] = [];
  const activated: string[] = [];
  const away: TestListeners["away"] = { registry: false };
  const ask = <T>(value: T): Promise<T> => {
    if (away.registry === "silent") return new Promise(() => undefined);
    return away.registry ? Promise.reject(new Error("away")) : Promise.resolve(value);
  };
  const listeners = await startMqttListenersOn(
    {
      ingest,
      store,
      bounds,
      tls,
      psk: createPskHandshakes({ find: (identity) => psks.get(identity) }),
      workerId,
      sessions: connected,
      routed: () => routes.stats(),
      limitsOf: () => limits,
      live: { emit: (_, frame) => frames.push(frame) },
      ports: { mqtt: 0, mqtts: 0, ws: 0, wss: 0 },
      host: "127.0.0.1",
      plainPublic: false,
      version: "test",
      log: pino({ level: "silent" }),
      clock: () => Date.now() + clock.aheadMs,
    },
    {
      enrolment: enrolment.desk,
      renewal: {
        renew: (...parameters) => renewing.desk.renew(...parameters),
        redeem: (...parameters) => renewing.desk.redeem(...parameters),
      },
      registry: {
        certificate: (sha256) => ask(certificates.get(sha256)),
        credentials: (deviceId) => ask(credentials.get(deviceId)),
        serviceClient: (username) => ask(serviceClients.get(username)),
        claim: (sha256) => ask(enrolment.claims.get(sha256)),
        registrar: (idScope) => ask(enrolment.registrars.get(idScope)),
        child: (deviceId) => ask(children.get(deviceId)),
        knownChild: (deviceId) => {
          const value = children.get(deviceId);
          return value === undefined ? undefined : { value };
        },
        refresh: () => ask(undefined),
        forget: () => undefined,
        forgetMany: () => undefined,
        forgetServiceClient: () => undefined,
        noteUsed: () => undefined,
        noteCredentialUsed: () => undefined,
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
        reassert: () => Promise.resolve(),
      },
      registerChild: (...child) => registering.child(...child),
      justInTime,
      activate: async ({ id }) => {
        activated.push(id);
        return true;
      },
    },
  );
  return {
    listeners,
    tenantId,
    workerId,
    store,
    routes,
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
    psks,
    serviceClients,
    children,
    registering,
    enrolment,
    renewing,
    clock,
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
    addService: (slug, grants) => {
      const username = `${slug}@test`;
      const password = randomUUID();
      const principal: ServicePrincipal = {
        kind: "service",
        tenantId,
        serviceClientId: randomUUID(),
        name: username,
        operator: true,
        grants: grants.map(([filter, may]): TopicGrant => ({
          filter,
          mayPublish: may.includes("p"),
          maySubscribe: may.includes("s"),
        })),
      };
      const hash = createHash("sha256").update(password).digest();
      const passwords = [{ id: randomUUID(), hash }];
      serviceClients.set(username, { principal, state: "active", passwords });
      return { principal, username, password };
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

/** @throws Error when the CONNECT is not accepted */
async function connectWith(at: TestListeners, version: 4 | 5, packet: Packet): Promise<RawClient> {
  const client = await openPlain(at, version);
  client.send(packet);
  const connack = await client.next();
  if (connack === "closed" || connack.cmd !== "connack") throw new Error("No CONNACK.");
  if ((connack.reasonCode ?? connack.returnCode) !== 0) {
    throw new Error(`Refused: ${JSON.stringify(connack)}`);
  }
  return client;
}

/** A device that is connected over the plain listener. */
export async function connectPlain(
  at: TestListeners,
  peer: TestPeer,
  version: 4 | 5 = 5,
  more: Partial<Extract<Packet, { cmd: "connect" }>> = {},
): Promise<RawClient> {
  return connectWith(at, version, connectPacket(peer, version, more));
}

/** A CONNECT of a service client, with whatever a test changes. */
export function serviceConnectPacket(
  service: TestService,
  version: 4 | 5,
  more: Partial<Extract<Packet, { cmd: "connect" }>> = {},
): Packet {
  return {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: version,
    clean: true,
    clientId: service.username,
    keepalive: 60,
    username: service.username,
    password: Buffer.from(service.password),
    ...more,
  };
}

/** A service client that is connected over the plain listener. */
export async function connectService(
  at: TestListeners,
  service: TestService,
  version: 4 | 5 = 5,
  more: Partial<Extract<Packet, { cmd: "connect" }>> = {},
): Promise<RawClient> {
  return connectWith(at, version, serviceConnectPacket(service, version, more));
}
