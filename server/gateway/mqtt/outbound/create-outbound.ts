import type { Delivery } from "#server/broker/fanout.ts";
import type { SessionHandle } from "#server/broker/session-store.ts";
import type { ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { encodePublish } from "#server/gateway/mqtt/encode-publish.ts";
import type { MqttLimits } from "#server/gateway/mqtt/limits.ts";
import { Outbound, type OutboundLimits } from "#server/gateway/mqtt/outbound/outbound.ts";
import type { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";
import type { DropCause, OutboundWays, Transmission } from "#server/gateway/mqtt/outbound/ways.ts";
import { mayReceive } from "#server/gateway/mqtt/permissions.ts";
import type { Opening } from "#server/gateway/mqtt/packets/read-connect.ts";

type Terms = { readonly opening: Opening; readonly limits: MqttLimits };

/** §3.1.2.11.3: what a client takes that says nothing. */
const defaultReceiveMaximum = 65_535;
/** Memory of a session that is kept: what is beyond waits in the store. */
const keptMemory = { messages: 1_000, bytes: 1_048_576 };
/** Memory of a session that is not: what is beyond is dropped, at the tenant's limit if that is less. */
const fleetingMemory = { messages: 10_000, bytes: 8_388_608 };
const recordEveryMs = 1_000;

/** The outbound of a connection whose session is being opened. */
export function createOutbound(
  connection: Connection,
  handle: SessionHandle,
  terms: Terms,
): Outbound {
  return new Outbound(
    new ConnectionWays(connection, handle, terms.opening),
    limitsFor(handle, terms),
  );
}

function limitsFor(handle: SessionHandle, { opening, limits }: Terms): OutboundLimits {
  const { properties } = opening.packet;
  const { maxDownlinkInflight, topicAliasMaximum, maxQueuedMessages, maxQueuedBytes } =
    limits.connection;
  const memory = handle.expirySeconds > 0 ? keptMemory : fleetingMemory;
  return {
    window: Math.min(properties?.receiveMaximum ?? defaultReceiveMaximum, maxDownlinkInflight),
    topicAliases: Math.min(properties?.topicAliasMaximum ?? 0, topicAliasMaximum),
    memoryMessages: Math.max(1, Math.min(memory.messages, maxQueuedMessages)),
    memoryBytes: Math.max(1, Math.min(memory.bytes, maxQueuedBytes)),
  };
}

const reasons: Readonly<Record<DropCause, string>> = {
  slow: "it reads too slowly and has too much unread",
  "queue-full": "too many wait for it in memory",
  memory: "too much waits in the memory of the server, for all clients together",
  expired: "they expired before they could be sent",
  "too-large": "they are larger than the packet that it takes",
  "not-allowed": "its grants do not cover their topic any more",
};

/** What the outbound of one connection needs: a class, so that an idle connection costs no closures. */
class ConnectionWays implements OutboundWays {
  readonly #connection: Connection;
  readonly #handle: SessionHandle;
  readonly #version: ProtocolVersion;
  readonly #maximumPacketSize: number;
  #recordedAt = 0;

  constructor(connection: Connection, handle: SessionHandle, { packet, version }: Opening) {
    this.#connection = connection;
    this.#handle = handle;
    this.#version = version;
    this.#maximumPacketSize = packet.properties?.maximumPacketSize ?? Number.MAX_SAFE_INTEGER;
  }

  get memory(): OutboundMemory {
    return this.#connection.gateway.outboundMemory;
  }

  get congested(): boolean {
    return this.#connection.congested;
  }

  encode({ delivery, ...transmission }: Transmission): readonly Buffer[] {
    return encodePublish({
      ...transmission,
      version: this.#version,
      maximumPacketSize: this.#maximumPacketSize,
      qos: delivery.qos,
      retain: delivery.retain,
      identifiers: delivery.identifiers,
      payload: delivery.publication.payload,
      forwarded: delivery.publication.forwarded,
    });
  }

  write(pieces: readonly Buffer[]): void {
    this.#connection.writeDelivery(pieces);
  }

  writePubrel(messageId: number): void {
    this.#connection.send({ cmd: "pubrel", messageId, reasonCode: 0 });
  }

  page(seq: bigint): ReturnType<OutboundWays["page"]> {
    return this.#connection.gateway.store.page(this.#handle, seq);
  }

  release(seq: bigint): Promise<boolean> {
    return this.#connection.gateway.store.release(this.#handle, seq);
  }

  done(seq: bigint): void {
    this.#connection.gateway.store.done(this.#handle, [seq]);
  }

  permits(topic: string): boolean {
    const principal = this.#connection.session?.principal;
    return principal === undefined || mayReceive(principal, topic);
  }

  /** Counts every delivery that is given up; what somebody should act on is recorded, once a second. */
  dropped(cause: DropCause, { publication }: Delivery): void {
    const { gateway } = this.#connection;
    gateway.counters.dropped[cause] += 1;
    // Neither is anybody's fault: the publisher, or an administrator, wanted it so.
    if (cause === "expired" || cause === "not-allowed") return;
    if (gateway.now() - this.#recordedAt < recordEveryMs) return;
    this.#recordedAt = gateway.now();
    this.#connection.record({
      cause: "quota",
      detail: `Messages for this client were dropped, the last from ${publication.topic}: ${reasons[cause]}.`,
      remedy:
        cause === "too-large"
          ? "Raise the client's maximum packet size, or publish smaller messages."
          : "Let the client read faster, subscribe to less, or keep its session (session expiry).",
    });
  }

  failed(error: unknown): void {
    this.#connection.gateway.log.debug({ event: "session.not_read", err: error });
  }

  now(): number {
    return this.#connection.gateway.now();
  }
}
