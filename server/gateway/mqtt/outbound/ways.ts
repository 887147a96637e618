import type { Delivery } from "#server/broker/fanout.ts";
import type { QueuedMessage } from "#server/broker/session-store.ts";
import type { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";

/**
 * Why a delivery was given up: too large for the client, too old, not its own, it is too slow, or
 * all clients of the worker together are.
 */
export type DropCause = "slow" | "queue-full" | "memory" | "expired" | "too-large" | "not-allowed";

/** One PUBLISH to be encoded. */
export type Transmission = {
  /** Empty when the alias says it. */
  readonly topic: string;
  readonly alias: number | undefined;
  readonly delivery: Delivery;
  readonly dup: boolean;
  /** Undefined for QoS 0. */
  readonly packetId: number | undefined;
  readonly expirySeconds: number | undefined;
};

/** What an outbound needs of its connection and of the store. */
export type OutboundWays = {
  readonly memory: OutboundMemory;
  /** @returns its bytes in pieces; none when it is larger than the client takes [MQTT-3.1.2-24] */
  encode(transmission: Transmission): readonly Buffer[];
  write(pieces: readonly Buffer[]): void;
  /** @param packetId of a delivery whose PUBREC came */
  writePubrel(packetId: number): void;
  /** The client leaves so much unread that it gets nothing more for now. */
  readonly congested: boolean;
  /** Messages of the session's queue after `seq`. */
  page(seq: bigint): Promise<{ readonly queued: readonly QueuedMessage[]; readonly more: boolean }>;
  /** @returns false when another connection has the session now */
  release(seq: bigint): Promise<boolean>;
  done(seq: bigint): void;
  /** Whether the client may have what is published there, by its grants of this moment. */
  permits(topic: string): boolean;
  dropped(cause: DropCause, delivery: Delivery): void;
  /** The store could not be asked: it is stopping. */
  failed(error: unknown): void;
  /** Epoch milliseconds. */
  now(): number;
};
