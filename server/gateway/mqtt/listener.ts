import type { Logger } from "pino";
import type { SessionStore } from "#server/broker/session-store.ts";
import type { Keyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import { findRefusalOwners } from "#server/db/find-refusal-owners.ts";
import { upsertRefusedConnections } from "#server/db/upsert-refused-connections.ts";
import { reassertDeviceSessions } from "#server/db/reassert-device-sessions.ts";
import { writeDeviceContacts } from "#server/db/write-device-contacts.ts";
import { writeDeviceSessions } from "#server/db/write-device-sessions.ts";
import type { RegisterChild } from "#server/gateway/child-door.ts";
import {
  createDeviceStatus,
  type ContactPort,
  type DeviceStatus,
  type StatusStore,
} from "#server/gateway/device-status.ts";
import { refuseChild } from "#server/gateway/register-child.ts";
import type { EnrolmentDesk } from "#server/gateway/enrolment-port.ts";
import { activate } from "#server/gateway/identify/activate.ts";
import type { JustInTime } from "#server/gateway/identify/just-in-time.ts";
import { createRegistry, type Registry } from "#server/gateway/identify/registry.ts";
import { createBackground, type Background } from "#server/gateway/mqtt/background.ts";
import { createGateway, type GatewayParts } from "#server/gateway/mqtt/create-gateway.ts";
import {
  deliverToDevice,
  type DeliveryOutcome,
  type Downlink,
} from "#server/gateway/mqtt/downlink.ts";
import type { MqttCounters, MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { leave, unsettled } from "#server/gateway/mqtt/leave.ts";
import type { LimitsOf, ListenerBounds } from "#server/gateway/mqtt/limits.ts";
import {
  openPorts,
  type OpenPorts,
  type PortNumbers,
  type PortOptions,
} from "#server/gateway/mqtt/open-ports.ts";
import { endExpired, recheckAll, recheckOwner } from "#server/gateway/mqtt/recheck.ts";
import type { Sessions } from "#server/gateway/mqtt/sessions.ts";
import type { ThrottleScope } from "#server/gateway/mqtt/throttle.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";
import { createRefusals, type Refusals, type RefusalStore } from "#server/gateway/refusals.ts";
import type { RenewalDesk } from "#server/gateway/renew/renewal-port.ts";
import type { Ingest } from "#server/pipeline/message.ts";
import type { LivePort } from "#server/live/port.ts";

/** Where the listeners keep and find things. The database in the product. */
export type GatewayStores = {
  readonly registry: Registry;
  /** Enrols devices with certificates of customers' CAs when they connect. */
  readonly justInTime?: JustInTime | undefined;
  readonly enrolment: EnrolmentDesk;
  readonly renewal?: RenewalDesk | undefined;
  readonly refusals: RefusalStore;
  readonly status: StatusStore;
  readonly registerChild: RegisterChild;
  /** @returns whether the certificate was taken into use by this call */
  readonly activate: GatewayParts["activate"];
};

export type MqttListenerOptions = PortOptions & {
  readonly ingest: Ingest;
  /** Where sessions live; its events come by {@link createStoreEvents}. */
  readonly store: SessionStore;
  /** Shared with the routes, which deliver to them. */
  readonly sessions: Sessions;
  readonly live: LivePort;
  readonly bounds: ListenerBounds;
  readonly limitsOf: LimitsOf;
  readonly workerId: string;
  /** Sessions that are routed to, also those away, and their subscriptions, for `$SYS`. */
  readonly routed: () => { readonly sessions: number; readonly subscriptions: number };
  /** Version of the product, for `$SYS`. */
  readonly version: string;
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
  /** QoS 1 and 2 publications that are not settled. */
  readonly unsettled: number;
  /** Of deliveries that wait in memory. */
  readonly outboundBytes: number;
  readonly throttled: Readonly<Record<ThrottleScope, number>>;
  readonly refusals: ReadonlyMap<RefusalCause, number>;
};

export type MqttListeners = {
  /** As bound. */
  readonly ports: PortNumbers;
  /** The pipeline tells of each device's messages here, after their commit. */
  readonly contact: ContactPort & Pick<DeviceStatus, "reassert">;
  /** What all connections share; for whoever publishes wills of connections that are gone, or cuts some. */
  readonly gateway: Pick<
    MqttGateway,
    "ingest" | "registry" | "refusals" | "sessions" | "cuts" | "now"
  >;
  /** Sends to every connection of a device that has subscribed to the topic. */
  deliver(deviceKey: bigint, downlink: Downlink): DeliveryOutcome;
  /** Connected devices of a tenant. */
  connected(tenantId: string): number;
  stats(): MqttStats;
  /** A device, its certificates or its tokens changed. */
  deviceChanged(deviceKey: bigint): void;
  /** A service client, its passwords or its grants changed. */
  serviceClientChanged(serviceClientId: string): void;
  /** Changes may have been missed: everything is read anew and every session judged again. */
  recheck(): void;
  reloadTls(tls: ListenerTls): void;
  /**
   * Reads no more, waits for what was accepted to be settled and acknowledged (the pipeline must
   * still run), tells the clients, and closes; at most `bounds.drainMs`.
   */
  stop(): Promise<void>;
};

const keepAliveCheckMs = 500;
const recheckMs = 60_000;
const flushUsedMs = 5_000;
const sysMs = 10_000;

/**
 * Starts the MQTT listeners: TLS with certificates, and plain TCP with user name and password.
 * @throws Error that names the port, its setting and the remedy
 */
export function startMqttListeners(
  options: MqttListenerOptions & {
    readonly db: Database;
    readonly keyring?: Keyring;
    readonly justInTime?: JustInTime;
    readonly enrolment: EnrolmentDesk;
    readonly renewal?: RenewalDesk;
    /** Without it unknown children are refused. */
    readonly registerChild?: RegisterChild;
  },
): Promise<MqttListeners> {
  const { db, keyring, justInTime, registerChild = refuseChild, clock: now } = options;
  return startMqttListenersOn(options, {
    enrolment: options.enrolment,
    renewal: options.renewal,
    justInTime,
    registry: createRegistry({ db, now, ...(keyring === undefined ? {} : { keyring }) }),
    refusals: {
      owners: (claimedIds) => findRefusalOwners(db, claimedIds),
      upsert: (rows) => upsertRefusedConnections(db, rows),
    },
    status: {
      writeSessions: (rows, events, sentAt) => writeDeviceSessions(db, rows, events, { sentAt }),
      writeContacts: (rows, sentAt) => writeDeviceContacts(db, rows, { sentAt }),
      reassert: (open) => reassertDeviceSessions(db, options.workerId, open),
    },
    registerChild,
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
  const gateway = createGateway({ ...options, ...stores, refusals, status, background });
  const finish = async (): Promise<void> => {
    // Wills that the pipeline could not store by then are left to the store's keeper.
    background.run("service_clients.use_not_written", () => stores.registry.flushUsed());
    await background.finished(options.bounds.drainMs / 2);
    await status.stop();
    await refusals.stop();
  };
  const ports = await openPorts(options, gateway).catch(async (error: unknown) => {
    await finish();
    throw error;
  });
  const timers = startTimers(gateway, background);
  return {
    gateway,
    ports: ports.numbers,
    contact: status,
    deliver: (deviceKey, downlink) => deliverToDevice(gateway, deviceKey, downlink),
    connected: (tenantId) => gateway.sessions.countOf(tenantId),
    stats: () => statsOf(gateway, ports, refusals),
    ...rechecks(gateway, background),
    reloadTls: (tls) => ports.reloadTls(tls),
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await leave(gateway, ports);
      await finish();
    },
  };
}

function rechecks(
  gateway: MqttGateway,
  background: Background,
): Pick<MqttListeners, "deviceChanged" | "serviceClientChanged" | "recheck"> {
  const event = "recheck.failed";
  return {
    deviceChanged: (deviceKey) =>
      background.run(event, () => recheckOwner(gateway, { kind: "device", deviceKey })),
    serviceClientChanged: (serviceClientId) =>
      background.run(event, () => recheckOwner(gateway, { kind: "service", serviceClientId })),
    recheck: () => {
      gateway.registry.forgetAll();
      background.run(event, () => recheckAll(gateway));
    },
  };
}

function statsOf(gateway: MqttGateway, ports: OpenPorts, refusals: Refusals): MqttStats {
  return {
    ...gateway.counters,
    connections: ports.connections,
    sessions: gateway.sessions.size,
    waitingForRoom: gateway.room.waiting,
    unsettled: unsettled(gateway),
    outboundBytes: gateway.outboundMemory.bytes,
    throttled: gateway.rates.throttled,
    refusals: refusals.counts,
  };
}

function startTimers(gateway: MqttGateway, background: Background): NodeJS.Timeout[] {
  const timers = [
    setInterval(() => {
      // Whose time is over is told that, however long it has been silent.
      endExpired(gateway);
      const now = gateway.now();
      for (const connection of gateway.sessions.all()) connection.checkKeepAlive(now);
    }, keepAliveCheckMs),
    setInterval(() => {
      background.run("recheck.failed", () => recheckAll(gateway));
    }, recheckMs),
    setInterval(() => {
      background.run("service_clients.use_not_written", () => gateway.registry.flushUsed());
    }, flushUsedMs),
    setInterval(() => gateway.sys.publish(), sysMs),
  ];
  for (const timer of timers) timer.unref();
  return timers;
}
