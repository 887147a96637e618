import type { Logger } from "pino";
import type { DeviceStatus } from "#server/gateway/device-status.ts";
import type { CertificateRecord, Registry } from "#server/gateway/identify/registry.ts";
import type { Acknowledger } from "#server/gateway/mqtt/acknowledger.ts";
import type { Codec } from "#server/gateway/mqtt/codec.ts";
import type { MqttLimits } from "#server/gateway/mqtt/limits.ts";
import type { RoomGate } from "#server/gateway/mqtt/room-gate.ts";
import type { Sessions } from "#server/gateway/mqtt/sessions.ts";
import type { RefusalRecorder } from "#server/gateway/refusal.ts";
import type { Ingest } from "#server/ingest/message.ts";

/** Totals since the start of the worker. */
export type MqttCounters = {
  connectsAccepted: number;
  publishesReceived: number;
  bytesReceived: number;
  acknowledgementsSent: number;
};

/** What all connections of a worker share. */
export type MqttGateway = {
  readonly ingest: Ingest;
  readonly registry: Registry;
  readonly refusals: RefusalRecorder;
  readonly status: Pick<DeviceStatus, "connected" | "disconnected">;
  readonly sessions: Sessions;
  readonly limits: MqttLimits;
  readonly codec: Codec;
  readonly acknowledger: Acknowledger;
  readonly room: RoomGate;
  readonly counters: MqttCounters;
  readonly log: Logger;
  /** Epoch milliseconds. */
  now(): number;
  /** Told of a connection with a certificate that is not yet known to be in use. */
  activate(certificate: CertificateRecord, remote: string): void;
};
