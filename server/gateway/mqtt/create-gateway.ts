import type { Logger } from "pino";
import type { SessionStore } from "#server/broker/session-store.ts";
import { createChildDoor, type RegisterChild } from "#server/gateway/child-door.ts";
import { withFleetingEnrolment } from "#server/gateway/enrol/fleeting-sessions.ts";
import type { EnrolmentDesk } from "#server/gateway/enrolment-port.ts";
import { createKeyedBuckets } from "#server/gateway/keyed-buckets.ts";
import type { DeviceStatus } from "#server/gateway/device-status.ts";
import { activateSurely } from "#server/gateway/identify/activate-surely.ts";
import type { JustInTime } from "#server/gateway/identify/just-in-time.ts";
import type { CertificateRecord, Registry } from "#server/gateway/identify/registry.ts";
import { createAcknowledger } from "#server/gateway/mqtt/acknowledger.ts";
import type { Background } from "#server/gateway/mqtt/background.ts";
import { createCodec } from "#server/gateway/mqtt/codec.ts";
import { createCuts } from "#server/gateway/mqtt/cuts.ts";
import type { MqttCounters, MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import type { LimitsOf, ListenerBounds } from "#server/gateway/mqtt/limits.ts";
import { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";
import { createRates } from "#server/gateway/mqtt/rates.ts";
import { createRoomGate } from "#server/gateway/mqtt/room-gate.ts";
import type { Sessions } from "#server/gateway/mqtt/sessions.ts";
import { createSysTopics } from "#server/gateway/mqtt/sys-topics.ts";
import { createTakeOvers } from "#server/gateway/mqtt/take-overs.ts";
import { noRenewals, type RenewalDesk } from "#server/gateway/renew/renewal-port.ts";
import type { RefusalRecorder } from "#server/gateway/refusal.ts";
import type { Ingest } from "#server/pipeline/message.ts";

export type GatewayParts = {
  readonly ingest: Ingest;
  readonly store: SessionStore;
  readonly registry: Registry;
  readonly justInTime?: JustInTime | undefined;
  readonly registerChild: RegisterChild;
  readonly enrolment: EnrolmentDesk;
  /** Without it no certificate is renewed over MQTT. */
  readonly renewal?: RenewalDesk | undefined;
  readonly refusals: RefusalRecorder;
  readonly status: Pick<DeviceStatus, "connected" | "disconnected">;
  readonly sessions: Sessions;
  readonly bounds: ListenerBounds;
  readonly limitsOf: LimitsOf;
  readonly background: Background;
  readonly log: Logger;
  /** Sessions that are routed to, also those away, and their subscriptions, for `$SYS`. */
  readonly routed: () => { readonly sessions: number; readonly subscriptions: number };
  /** Version of the product, for `$SYS`. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly activate: (
    certificate: CertificateRecord,
    at: { readonly now: Date; readonly remote: string },
  ) => Promise<boolean>;
};

/** Of one device: some attempts at once, then one every half minute. */
const renewalRate = { perSecond: 1 / 30, burst: 6 } as const;

function newCounters(): MqttCounters {
  return {
    connectsAccepted: 0,
    publishesReceived: 0,
    publishesSent: 0,
    bytesReceived: 0,
    acknowledgementsSent: 0,
    dropped: { slow: 0, "queue-full": 0, memory: 0, expired: 0, "too-large": 0, "not-allowed": 0 },
    shed: 0,
  };
}

/** What all connections of a worker share. */
export function createGateway(parts: GatewayParts): MqttGateway {
  const { ingest, registry, sessions, background, clock } = parts;
  const counters = newCounters();
  const startedAt = clock();
  const dropped = () => Object.values(counters.dropped).reduce((sum, count) => sum + count, 0);
  return {
    ingest,
    registry,
    sessions,
    background,
    counters,
    children: createChildDoor({ registry, register: parts.registerChild, now: clock }),
    store: withFleetingEnrolment(parts.store),
    enrolment: parts.enrolment,
    renewal: parts.renewal ?? noRenewals,
    renewals: createKeyedBuckets({ ...renewalRate, now: clock, remembered: 100_000 }),
    justInTime: parts.justInTime,
    refusals: parts.refusals,
    status: parts.status,
    bounds: parts.bounds,
    limitsOf: parts.limitsOf,
    log: parts.log,
    outboundMemory: new OutboundMemory(parts.bounds),
    codec: createCodec(),
    acknowledger: createAcknowledger(),
    room: createRoomGate(ingest),
    rates: createRates(clock),
    takeOvers: createTakeOvers(clock),
    cuts: createCuts(),
    sys: createSysTopics({
      sessions,
      now: clock,
      figures: () => ({
        version: `Quayside ${parts.version}`,
        uptimeSeconds: (clock() - startedAt) / 1_000,
        clientsConnected: sessions.size,
        clientsTotal: Math.max(sessions.size, parts.routed().sessions),
        subscriptions: parts.routed().subscriptions,
        connects: counters.connectsAccepted,
        messagesReceived: counters.publishesReceived,
        messagesSent: counters.publishesSent,
        messagesDropped: dropped() + counters.shed,
        bytesReceived: counters.bytesReceived,
      }),
    }),
    now: clock,
    activate: (certificate, remote) =>
      activateSurely(background, async () => {
        await parts.activate(certificate, { now: new Date(clock()), remote });
        registry.forget(certificate.device.deviceKey);
      }),
  };
}
