import type { DeviceAttributes } from "#server/domain/device-attributes.ts";
import type { DeviceState } from "#server/domain/device-state.ts";
import type { Publication, SessionKey } from "#server/broker/publication.ts";

/** The shapes that travel through the pipeline. Nothing here allocates more than the message needs. */

export type Transport = "mqtt" | "mqtts" | "ws" | "wss";

/** What the listener knows of the device behind a credential. Replaced as a whole when it changes. */
export type DeviceIdentity = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  /** UUID of the device row. */
  readonly id: string;
  /** What the device calls itself. */
  readonly deviceId: string;
  readonly profileId: string;
  /** In quarantine what it sends is kept apart, as dead letters that an approval replays. */
  readonly state?: DeviceState;
  /** What people noted of it, for enrichment; absent where there is nothing. */
  readonly attributes?: DeviceAttributes;
};

/** Why a message is not taken, found out before the pipeline; it is kept as a dead letter like any other. */
export type MessageRefusal = { readonly reason: RefusalReason; readonly detail: string };

/** A connection of a session that is kept: row and generation. */
export type InboundClaim = { readonly sessionId: bigint; readonly generation: number };

/**
 * One message as a device sent it, whatever the transport and dialect. `device` tells it from a
 * {@link RelayedMessage}, so that messages of the hot path carry no tag.
 */
export type InboundMessage = {
  readonly device: DeviceIdentity;
  /** The gateway that sent it for the device; absent where the device spoke itself. */
  readonly gateway?: DeviceIdentity;
  readonly transport: Transport;
  /** As published, for dead letters. */
  readonly topic: string;
  /** After the device's prefix: "telemetry", "telemetry/pump". */
  readonly channel: string;
  readonly qos: 0 | 1 | 2;
  /** Kept as the retained message of its topic; an empty payload deletes that [MQTT-3.3.1-6]. */
  readonly retain: boolean;
  readonly payload: Buffer;
  /** Epoch milliseconds, fractional: performance.timeOrigin + performance.now(). */
  readonly receivedAt: number;
  /** Epoch milliseconds of the MQTT 5 message expiry; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Encoded properties to pass on, see {@link Publication.forwarded}. */
  readonly forwarded: Buffer;
  /** The sender's session, for No Local. */
  readonly publisher: SessionKey | undefined;
  /**
   * The kept session of a QoS 2 publication: its packet identifier is claimed in the transaction of
   * the batch, and what was claimed before is a duplicate. Undefined otherwise.
   */
  readonly claimedBy: InboundClaim | undefined;
  /** MQTT 5 user properties that override the envelope; absent where the device sent none. */
  readonly id?: string;
  readonly ts?: number;
  readonly seq?: string;
  readonly schema?: string;
  readonly contentType?: string;
  /** Set where the listener refuses it already: nothing of it is read. */
  readonly refused?: MessageRefusal;
  /** Told the fate of the message once, after the commit. */
  readonly origin: Origin;
  /** MQTT packet identifier, 0 for QoS 0; meaningful to the origin only. */
  readonly packetId: number;
};

/** What a service client published: passed on and retained, not stored as telemetry. */
export type RelayedMessage = {
  /** Always undefined: what tells it from an {@link InboundMessage}. */
  readonly device?: undefined;
  readonly tenantId: string;
  readonly client: {
    /** UUID of the service client. */
    readonly id: string;
    readonly name: string;
  };
  readonly transport: Transport;
  readonly publication: Publication;
  /** As in {@link InboundMessage}. */
  readonly packetId: number;
  /** As in {@link InboundMessage}. */
  readonly claimedBy: InboundClaim | undefined;
  readonly origin: Origin;
};

/** Whatever the pipeline takes. */
export type AcceptedMessage = InboundMessage | RelayedMessage;

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
  | "unknown-version"
  | "duplicate-key"
  | "not-cbor"
  | "not-protobuf"
  | "not-senml"
  | "not-sparkplug"
  | "processing-failed"
  | "in-quarantine"
  | "child-unknown"
  | "child-elsewhere"
  | "child-out-of-service"
  | "child-limit"
  | "unsupported-value"
  | "field-limit"
  | "bad-timestamp"
  | "bad-id";

/** Why a relayed message was not passed on. Closed. */
export type RejectionReason = "unstorable";

/** Where a message ended. */
export type Settlement =
  | {
      readonly outcome: "stored";
      /** Of relayed messages: whether anybody subscribes to the topic; 0x10 when false. */
      readonly matched?: boolean;
      /** Stored and passed on, but its publisher retains too many topics already; 0x97. */
      readonly notRetained?: true;
    }
  | {
      readonly outcome: "duplicate";
      /** Nothing is stored: the session has another connection, on which the client sends it again. */
      readonly superseded?: true;
    }
  /** By its schema version: nothing of it is written, and that is as it should be. */
  | { readonly outcome: "filtered" }
  | {
      readonly outcome: "dead_lettered";
      readonly reason: RefusalReason;
      readonly detail: string;
      /** Kept apart on purpose: the device has done nothing wrong and is told success. */
      readonly quarantined?: true;
    }
  /** Relayed messages only. */
  | { readonly outcome: "rejected"; readonly reason: RejectionReason; readonly detail: string };

/**
 * Whoever must be told: a connection. Called in the order of receipt for one connection. A QoS 2
 * publication that is answered with a reason of 0x80 or above gives its packet identifier back: the
 * origin forgets the claim before it answers, for no PUBREL will come.
 */
export type Origin = {
  settle(message: AcceptedMessage, settlement: Settlement): void;
};

/** Profile under which the ledger counts what service clients publish. */
export const noProfileId = "00000000-0000-0000-0000-000000000000";

/** Where the ledger counts a publication that never became a message. */
export type RejectedAt = {
  readonly tenantId: string;
  /** {@link noProfileId} for service clients. */
  readonly profileId: string;
  readonly transport: Transport;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

/** The pipeline as the listeners see it. */
export type Ingest = {
  /**
   * Takes a message; its origin is settled after the commit. Never throws and never drops.
   * QoS 0 included.
   */
  accept(message: InboundMessage): void;
  /** As {@link Ingest.accept}, for what a service client published. */
  relay(message: RelayedMessage): void;
  /** Counts a QoS 0 message that is given up because there is no room; it is not settled. */
  shed(message: AcceptedMessage): void;
  /** Counts a publication that was refused before the pipeline: received, and rejected for `reason`. */
  reject(at: RejectedAt, reason: string): void;
  /** False while too much waits for the database: listeners then stop reading their sockets. */
  readonly hasRoom: boolean;
  /** Calls back once when there is room again. */
  onceRoom(callback: () => void): void;
};
