/** The shapes that travel through the pipeline. Nothing here allocates more than the message needs. */

export type Transport = "mqtt" | "mqtts";

/** What the listener knows of the device behind a credential. Replaced as a whole when it changes. */
export type DeviceIdentity = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  /** UUID of the device row. */
  readonly id: string;
  /** What the device calls itself. */
  readonly deviceId: string;
  readonly profileId: string;
};

/** One message as a device sent it, whatever the transport and dialect. */
export type InboundMessage = {
  readonly device: DeviceIdentity;
  readonly transport: Transport;
  /** As published, for dead letters. */
  readonly topic: string;
  /** After the device's prefix: "telemetry", "telemetry/pump". */
  readonly channel: string;
  readonly qos: 0 | 1 | 2;
  readonly payload: Buffer;
  /** Epoch milliseconds, fractional: performance.timeOrigin + performance.now(). */
  readonly receivedAt: number;
  /** MQTT 5 user properties that override the envelope; absent where the device sent none. */
  readonly id?: string;
  readonly ts?: number;
  readonly seq?: string;
  readonly contentType?: string;
  /** Told the fate of the message once, after the commit. */
  readonly origin: Origin;
  /** MQTT packet identifier, 0 for QoS 0; meaningful to the origin only. */
  readonly packetId: number;
};

/** Why a message was not stored. Closed: each has a counter, a reason code and words. */
export type RefusalReason =
  | "not-json"
  | "too-deep"
  | "too-many-keys"
  | "too-large"
  | "not-an-object"
  | "batch-too-large"
  | "empty"
  | "content-type"
  | "unknown-channel"
  | "schema-mismatch"
  | "unsupported-value"
  | "field-limit"
  | "bad-timestamp"
  | "bad-id";

/** Where a message ended. */
export type Settlement =
  | { readonly outcome: "stored" | "duplicate" }
  | { readonly outcome: "dead_lettered"; readonly reason: RefusalReason; readonly detail: string };

/** Whoever must be told: a connection. Called in the order of receipt for one connection. */
export type Origin = {
  settle(message: InboundMessage, settlement: Settlement): void;
};

/** The pipeline as the listeners see it. */
export type Ingest = {
  /**
   * Takes a message; its origin is settled after the commit. Never throws and never drops.
   * QoS 0 included.
   */
  accept(message: InboundMessage): void;
  /** False while too much waits for the database: listeners then stop reading their sockets. */
  readonly hasRoom: boolean;
  /** Calls back once when there is room again. */
  onceRoom(callback: () => void): void;
};
