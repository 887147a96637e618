import type { Logger } from "pino";
import type { SessionStore } from "#server/broker/session-store.ts";
import type { ChildDoor } from "#server/gateway/child-door.ts";
import type { EnrolmentDesk } from "#server/gateway/enrolment-port.ts";
import type { KeyedBuckets } from "#server/gateway/keyed-buckets.ts";
import type { DeviceStatus } from "#server/gateway/device-status.ts";
import type { JustInTime } from "#server/gateway/identify/just-in-time.ts";
import type { CertificateRecord, Registry } from "#server/gateway/identify/registry.ts";
import type { Acknowledger } from "#server/gateway/mqtt/acknowledger.ts";
import type { Background } from "#server/gateway/mqtt/background.ts";
import type { Codec } from "#server/gateway/mqtt/codec.ts";
import type { Cuts } from "#server/gateway/mqtt/cuts.ts";
import type { LimitsOf, ListenerBounds } from "#server/gateway/mqtt/limits.ts";
import type { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";
import type { DropCause } from "#server/gateway/mqtt/outbound/ways.ts";
import type { Rates } from "#server/gateway/mqtt/rates.ts";
import type { RoomGate } from "#server/gateway/mqtt/room-gate.ts";
import type { Sessions } from "#server/gateway/mqtt/sessions.ts";
import type { SysTopics } from "#server/gateway/mqtt/sys-topics.ts";
import type { TakeOvers } from "#server/gateway/mqtt/take-overs.ts";
import type { RenewalDesk } from "#server/gateway/renew/renewal-port.ts";
import type { RefusalRecorder } from "#server/gateway/refusal.ts";
import type { Ingest } from "#server/pipeline/message.ts";

/** Totals since the start of the worker. */
export type MqttCounters = {
  connectsAccepted: number;
  publishesReceived: number;
  publishesSent: number;
  bytesReceived: number;
  acknowledgementsSent: number;
  /** Deliveries given up, by cause. */
  readonly dropped: Record<DropCause, number>;
  /** QoS 0 publications given up because the pipeline had no room. */
  shed: number;
};

/** What all connections of a worker share. */
export type MqttGateway = {
  readonly ingest: Ingest;
  readonly store: SessionStore;
  readonly registry: Registry;
  /** Undefined where devices do not enrol by connecting. */
  readonly justInTime: JustInTime | undefined;
  readonly children: ChildDoor;
  readonly enrolment: EnrolmentDesk;
  readonly renewal: RenewalDesk;
  /** How often a device may ask to be renewed. */
  readonly renewals: KeyedBuckets;
  readonly refusals: RefusalRecorder;
  readonly status: Pick<DeviceStatus, "connected" | "disconnected">;
  readonly sessions: Sessions;
  readonly bounds: ListenerBounds;
  readonly outboundMemory: OutboundMemory;
  readonly limitsOf: LimitsOf;
  readonly rates: Rates;
  readonly takeOvers: TakeOvers;
  readonly cuts: Cuts;
  readonly codec: Codec;
  readonly acknowledger: Acknowledger;
  readonly room: RoomGate;
  readonly sys: SysTopics;
  readonly counters: MqttCounters;
  readonly background: Background;
  readonly log: Logger;
  /** Epoch milliseconds. */
  now(): number;
  /** Told of a connection with a certificate that is not yet known to be in use. */
  activate(certificate: CertificateRecord, remote: string): void;
};
