import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Database } from "#server/db/client.ts";
import { findRefusalOwners } from "#server/db/find-refusal-owners.ts";
import { upsertRefusedConnections } from "#server/db/upsert-refused-connections.ts";
import { writeDeviceContacts } from "#server/db/write-device-contacts.ts";
import { writeDeviceSessions } from "#server/db/write-device-sessions.ts";
import {
  createDeviceStatus,
  type ContactPort,
  type DeviceStatus,
  type StatusStore,
} from "#server/gateway/device-status.ts";
import { activate } from "#server/gateway/identify/activate.ts";
import {
  createRegistry,
  type CertificateRecord,
  type Registry,
} from "#server/gateway/identify/registry.ts";
import { createAcknowledger } from "#server/gateway/mqtt/acknowledger.ts";
import { createAdmission } from "#server/gateway/mqtt/admission.ts";
import { createCodec } from "#server/gateway/mqtt/codec.ts";
import type { MqttCounters, MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import type { MqttLimits } from "#server/gateway/mqtt/limits.ts";
import { openPort, type OpenPort } from "#server/gateway/mqtt/open-port.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import { recheckAll, recheckDevice } from "#server/gateway/mqtt/recheck.ts";
import { createRoomGate } from "#server/gateway/mqtt/room-gate.ts";
import { createSessions, type Sessions } from "#server/gateway/mqtt/sessions.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";
import { createRefusals, type Refusals, type RefusalStore } from "#server/gateway/refusals.ts";
import type { Ingest } from "#server/ingest/message.ts";
import type { LivePort } from "#server/live/port.ts";

/** Where the listeners keep and find things. The database in the product. */
export type GatewayStores = {
  readonly registry: Registry;
  readonly refusals: RefusalStore;
  readonly status: StatusStore;
  /** @returns whether the certificate was taken into use by this call */
  activate(
    certificate: CertificateRecord,
    at: { readonly now: Date; readonly remote: string },
  ): Promise<boolean>;
};

export type MqttListenerOptions = {
  readonly ingest: Ingest;
  readonly live: LivePort;
  readonly limits: MqttLimits;
  readonly tls: ListenerTls;
  /** 0 for any free port. */
  readonly ports: { readonly mqtt: number; readonly mqtts: number };
  /** Address of the TLS listener; all addresses of the machine unless given. */
  readonly host?: string;
  /** Whether the plain listener leaves loopback. */
  readonly plainPublic: boolean;
  readonly workerId: string;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly clock: () => number;
};

/** Counters and gauges of the listeners. */
export type MqttStats = MqttCounters & {
  /** Network connections, also those that are not identified. */
  readonly connections: number;
  readonly sessions: number;
  /** Connections that are not read because the pipeline is full. */
  readonly waitingForRoom: number;
  /** QoS 1 publications that are not settled. */
  readonly unsettled: number;
  readonly refusals: ReadonlyMap<RefusalCause, number>;
};

export type MqttListeners = {
  /** As bound. */
  readonly ports: { readonly mqtt: number; readonly mqtts: number };
  /** The pipeline tells of each device's messages here, after their commit. */
  readonly contact: ContactPort;
  readonly deliver: Sessions["deliver"];
  /** Connected devices of a tenant. */
  connected(tenantId: string): number;
  stats(): MqttStats;
  /** A device, its certificates or its tokens changed. */
  deviceChanged(deviceKey: bigint): void;
  /** Changes may have been missed: everything is read anew and every session judged again. */
  recheck(): void;
  reloadTls(tls: ListenerTls): void;
  /**
   * Reads no more, waits for what was accepted to be settled and acknowledged (the pipeline must
   * still run), tells the devices, and closes; at most `limits.drainMs`.
   */
  stop(): Promise<void>;
};

const keepAliveCheckMs = 500;
const recheckMs = 60_000;

/**
 * Starts the MQTT listeners: TLS with device certificates, and plain TCP with user name and token.
 * @throws Error that names the port, its setting and the remedy
 */
export function startMqttListeners(
  options: MqttListenerOptions & { readonly db: Database },
): Promise<MqttListeners> {
  const { db } = options;
  return startMqttListenersOn(options, {
    registry: createRegistry({ db, now: options.clock }),
    refusals: {
      owners: (claimedIds) => findRefusalOwners(db, claimedIds),
      upsert: (rows) => upsertRefusedConnections(db, rows),
    },
    status: {
      writeSessions: (rows, events) => writeDeviceSessions(db, rows, events),
      writeContacts: (rows) => writeDeviceContacts(db, rows),
    },
    activate: (certificate, at) => activate(db, certificate, at),
  });
}

/** The same on any stores. */
export async function startMqttListenersOn(
  options: MqttListenerOptions,
  stores: GatewayStores,
): Promise<MqttListeners> {
  const { live, log, clock, workerId } = options;
  const refusals = createRefusals({ store: stores.refusals, live, log, now: clock });
  const status = createDeviceStatus({ store: stores.status, live, log, workerId, now: clock });
  const background = createBackground(log);
  const gateway = createGateway(options, { stores, refusals, status, background });
  const finish = async (): Promise<void> => {
    await background.finished();
    await status.stop();
    await refusals.stop();
  };
  const ports = await openPorts(options, gateway).catch(async (error: unknown) => {
    await finish();
    throw error;
  });
  const timers = startTimers(gateway, background);
  return {
    ports: { mqtt: ports.plain.port, mqtts: ports.secure.port },
    contact: status,
    deliver: (deviceKey, downlink) => gateway.sessions.deliver(deviceKey, downlink),
    connected: (tenantId) => gateway.sessions.countOf(tenantId),
    stats: () => statsOf(gateway, ports, refusals),
    deviceChanged: (deviceKey) =>
      background.run("recheck.failed", () => recheckDevice(gateway, deviceKey)),
    recheck: () => {
      gateway.registry.forgetAll();
      background.run("recheck.failed", () => recheckAll(gateway));
    },
    reloadTls: (tls) => ports.secure.reloadTls(tls),
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await leave(gateway, [ports.plain, ports.secure]);
      await finish();
    },
  };
}

type GatewayParts = {
  readonly stores: GatewayStores;
  readonly refusals: Refusals;
  readonly status: DeviceStatus;
  readonly background: Background;
};

function createGateway(
  { ingest, limits, log, clock }: MqttListenerOptions,
  { stores, refusals, status, background }: GatewayParts,
): MqttGateway {
  return {
    ingest,
    limits,
    log,
    refusals,
    status,
    registry: stores.registry,
    sessions: createSessions(),
    codec: createCodec(),
    acknowledger: createAcknowledger(),
    room: createRoomGate(ingest),
    counters: {
      connectsAccepted: 0,
      publishesReceived: 0,
      bytesReceived: 0,
      acknowledgementsSent: 0,
    },
    now: clock,
    activate: (certificate, remote) =>
      background.run("certificate.activate_failed", async () => {
        await stores.activate(certificate, { now: new Date(clock()), remote });
        stores.registry.forget(certificate.device.deviceKey);
      }),
  };
}

type Ports = { readonly plain: OpenPort; readonly secure: OpenPort };

function statsOf(gateway: MqttGateway, { plain, secure }: Ports, refusals: Refusals): MqttStats {
  return {
    ...gateway.counters,
    connections: plain.connections.size + secure.connections.size,
    sessions: gateway.sessions.size,
    waitingForRoom: gateway.room.waiting,
    unsettled: unsettled(gateway),
    refusals: refusals.counts,
  };
}

async function openPorts(options: MqttListenerOptions, gateway: MqttGateway): Promise<Ports> {
  const { ports, tls, plainPublic, limits, clock } = options;
  const everywhere = options.host ?? "0.0.0.0";
  const admit = createAdmission(limits, clock);
  const secure = await openPort({
    gateway,
    tls,
    admit,
    endpoint: { host: everywhere, port: ports.mqtts, variable: "MQTTS_PORT" },
  });
  try {
    const host = plainPublic ? everywhere : "127.0.0.1";
    const plain = await openPort({
      gateway,
      admit,
      endpoint: { host, port: ports.mqtt, variable: "MQTT_PORT" },
    });
    return { plain, secure };
  } catch (error) {
    secure.close();
    throw error;
  }
}

type Background = ReturnType<typeof createBackground>;

/** Work that nobody waits for, until the end. */
function createBackground(log: Logger) {
  const running = new Set<Promise<void>>();
  return {
    run: (failure: string, work: () => Promise<void>): void => {
      const done = work()
        .catch((error: unknown) => log.warn({ event: failure, err: error }))
        .finally(() => running.delete(done));
      running.add(done);
    },
    finished: async (): Promise<void> => {
      await Promise.all(running);
    },
  };
}

function startTimers(gateway: MqttGateway, background: Background): NodeJS.Timeout[] {
  const keepAlive = setInterval(() => {
    const now = gateway.now();
    for (const connection of gateway.sessions.all()) connection.checkKeepAlive(now);
  }, keepAliveCheckMs);
  const recheck = setInterval(() => {
    background.run("recheck.failed", () => recheckAll(gateway));
  }, recheckMs);
  keepAlive.unref();
  recheck.unref();
  return [keepAlive, recheck];
}

function unsettled({ sessions }: MqttGateway): number {
  let waiting = 0;
  for (const { session } of sessions.all()) {
    if (session !== undefined) waiting += session.accepted - session.settled;
  }
  return waiting;
}

/** What was read is acknowledged first, so that devices need not send it again elsewhere. */
async function leave(gateway: MqttGateway, ports: readonly OpenPort[]): Promise<void> {
  const { sessions, limits } = gateway;
  const until = performance.now() + limits.drainMs;
  for (const port of ports) port.close();
  for (const connection of sessions.all()) connection.hold(hold.stop);
  const settledBy = until - limits.drainMs / 3;
  while (unsettled(gateway) > 0 && performance.now() < settledBy) await sleep(10);
  const text = "The server is shutting down; connect again.";
  for (const connection of sessions.all()) {
    connection.disconnect(reasonCode.serverShuttingDown, text, {
      reason: "the server was stopped",
      will: false,
    });
  }
  const left = () => ports.some((port) => port.connections.size > 0);
  while (left() && performance.now() < until) await sleep(10);
  for (const port of ports) port.destroy();
}
