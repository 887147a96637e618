/**
 * What goes to one client: deliveries from the queue of its session, or from memory for a session
 * that keeps nothing, within the client's receive maximum and the memory that one client may cost.
 * It belongs to one connection; what must outlive that is in the store.
 *
 * opening  The session is being opened. What is published meanwhile is in the store already, so it
 *          is enough to know that there was something.
 * live     Everything in the queue that the client has not got is in memory: a delivery with the
 *          next seq is taken as it comes.
 * behind   The store has more than memory holds: the client is slow, another worker queued
 *          something, or a seq was left out. When memory runs low the next page is read.
 * over     The connection has ended. Nothing is sent any more; the store has what is kept.
 */
import type { Delivery } from "#server/broker/fanout.ts";
import type { OpenedSession, QueuedMessage } from "#server/broker/session-store.ts";
import { Backlog, type Waiting } from "#server/gateway/mqtt/outbound/backlog.ts";
import { Inflight, type Answer } from "#server/gateway/mqtt/outbound/inflight.ts";
import { TopicAliases } from "#server/gateway/mqtt/outbound/topic-aliases.ts";
import type { OutboundWays, Transmission } from "#server/gateway/mqtt/outbound/ways.ts";

type State = "opening" | "live" | "behind" | "over";

export type OutboundLimits = {
  /** QoS 1 and 2 deliveries at once: the client's Receive Maximum and ours [MQTT-3.3.4-9]. */
  readonly window: number;
  /** The client's Topic Alias Maximum and ours. */
  readonly topicAliases: number;
  /** Messages and bytes in memory; what is kept waits in the store beyond that. */
  readonly memoryMessages: number;
  readonly memoryBytes: number;
};

/** Retained messages are asked for, so they may take more memory than what comes unasked. */
const retainedFactor = 16;
/** What each client may have waiting however much waits for the others: it may be a quick one. */
const modestMessages = 16;
const modestBytes = 16_384;

export class Outbound {
  readonly #ways: OutboundWays;
  readonly #limits: OutboundLimits;
  readonly #aliases: TopicAliases;
  readonly #inflight: Inflight;
  /** QoS 0 has no window to wait for, and order holds within a QoS [MQTT-4.6.0-6]. */
  readonly #fleeting: Backlog;
  readonly #lasting: Backlog;
  /** Live deliveries that wait until the retained messages of a new subscription are ahead of them. */
  #aside: Backlog | undefined;
  #state: State = "opening";
  /** Largest seq that was taken into memory. */
  #high = 0n;
  #sentThrough = 0n;
  /** Something was queued that a page under way may not hold. */
  #missed = false;
  #reading = false;

  constructor(ways: OutboundWays, limits: OutboundLimits) {
    this.#ways = ways;
    this.#limits = limits;
    this.#fleeting = new Backlog(ways.memory);
    this.#lasting = new Backlog(ways.memory);
    this.#aliases = new TopicAliases(limits.topicAliases);
    this.#inflight = new Inflight(ways, limits.window);
  }

  /** Deliveries that wait or that the client has not acknowledged. */
  get unacknowledged(): number {
    return this.#inflight.size + this.#lasting.size;
  }

  /** Largest seq that was sent, on this connection or an earlier one; 0 for none. */
  get sentThrough(): bigint {
    return this.#sentThrough;
  }

  /** CONNACK was sent: what is in flight goes first, in its order [MQTT-4.4.0-1] [MQTT-4.6.0-1]. */
  begin({
    queued,
    more,
    lastSeq = 0n,
  }: Pick<OpenedSession, "queued" | "more"> & Partial<OpenedSession>): void {
    if (this.#state !== "opening") return;
    const isAll = this.#take(queued) && !more;
    // The next one is seen to follow, though what came before it left the queue long ago.
    if (isAll && lastSeq > this.#high) this.#high = lastSeq;
    this.#state = isAll && !this.#missed ? "live" : "behind";
    this.#missed = false;
    this.pump();
  }

  /** A publication for this client. Never waits. */
  deliver(delivery: Delivery): void {
    if (this.#state === "over") return;
    if (delivery.seq !== undefined) this.#deliverKept(delivery, delivery.seq);
    else if (this.#state !== "opening") this.#deliverFromMemory(delivery);
  }

  /** The store has something that was not delivered here. */
  announce(): void {
    if (this.#state === "over") return;
    this.#missed = true;
    if (this.#state === "opening") return;
    this.#state = "behind";
    this.pump();
  }

  /** Live deliveries wait from here on, for retained messages to go first. */
  pause(): void {
    this.#aside ??= new Backlog(this.#ways.memory);
  }

  /** A retained message that nothing keeps, ahead of the live deliveries that wait. */
  deliverRetained(delivery: Delivery): void {
    if (this.#state === "over") return;
    const lack = this.#lack(retainedFactor);
    if (lack !== undefined) this.#ways.dropped(lack, delivery);
    else this.#enqueue({ delivery, dup: false });
  }

  /** Retained messages are on their way: live deliveries go on. */
  resume(): void {
    const aside = this.#aside;
    this.#aside = undefined;
    for (let head = aside?.head; head !== undefined; head = aside?.head) {
      aside?.shift();
      this.deliver(head.delivery);
    }
    this.pump();
  }

  /** PUBACK of the client, §3.4; also with an error the delivery is over [MQTT-4.3.2-3]. */
  acknowledge(packetId: number): Answer {
    return this.#then(this.#inflight.acknowledge(packetId));
  }

  /** PUBREC of the client, §3.5. @param failed whether its reason is 0x80 or above */
  received(packetId: number, failed: boolean): Answer {
    return this.#then(this.#inflight.received(packetId, failed));
  }

  /** PUBCOMP of the client, §3.7. */
  complete(packetId: number): Answer {
    return this.#then(this.#inflight.complete(packetId));
  }

  /** Sends what may be sent now. Called again when the client reads on or acknowledges. */
  pump(): void {
    if (this.#state === "over" || this.#state === "opening") return;
    for (let { head } = this.#fleeting; head !== undefined; { head } = this.#fleeting) {
      if (this.#ways.congested) return;
      this.#fleeting.shift();
      this.#transmit(head, undefined);
    }
    for (let { head } = this.#lasting; head !== undefined; { head } = this.#lasting) {
      if (this.#ways.congested) return;
      // [MQTT-3.3.4-9], [MQTT-4.9.0-2]; the order is kept, so nobody overtakes who waits for an id.
      const packetId = this.#inflight.idFor(head.delivery);
      if (packetId === undefined) return;
      this.#lasting.shift();
      this.#transmit(head, packetId);
    }
    if (this.#state === "behind") this.#catchUp();
  }

  /** The connection has ended. */
  close(): void {
    this.#state = "over";
    this.#aside?.clear();
    this.#aside = undefined;
    this.#fleeting.clear();
    this.#lasting.clear();
    this.#inflight.close();
  }

  #then(answer: Answer): Answer {
    this.pump();
    return answer;
  }

  #deliverKept(delivery: Delivery, seq: bigint): void {
    if (this.#state === "opening" || this.#aside !== undefined || this.#reading) {
      this.announce();
      return;
    }
    if (this.#state === "behind" || seq <= this.#high) return;
    // A seq left out may be another worker's, still on its way to us.
    if (seq !== this.#high + 1n || this.#lack(1) !== undefined) {
      this.announce();
      return;
    }
    this.#high = seq;
    this.#enqueue({ delivery, dup: false });
  }

  #deliverFromMemory(delivery: Delivery): void {
    const lack = this.#lack(1);
    if (lack !== undefined) {
      this.#ways.dropped(lack === "queue-full" && delivery.qos === 0 ? "slow" : lack, delivery);
    } else if (this.#aside !== undefined) {
      this.#aside.push({ delivery, dup: false });
    } else if (delivery.qos === 0 && this.#ways.congested) {
      this.#ways.dropped("slow", delivery);
    } else {
      this.#enqueue({ delivery, dup: false });
    }
  }

  /** @returns what there is no room for another delivery in; undefined when there is room */
  #lack(factor: number): "queue-full" | "memory" | undefined {
    const { memoryMessages, memoryBytes } = this.#limits;
    if (this.#holdsAtLeast(memoryMessages * factor, memoryBytes * factor)) return "queue-full";
    return this.#isImmodest ? "memory" : undefined;
  }

  get #isImmodest(): boolean {
    return this.#ways.memory.isSpent && this.#holdsAtLeast(modestMessages, modestBytes);
  }

  #holdsAtLeast(messages: number, bytes: number): boolean {
    const { size = 0, bytes: asideBytes = 0 } = this.#aside ?? {};
    return (
      this.#fleeting.size + this.#lasting.size + size >= messages ||
      this.#fleeting.bytes + this.#lasting.bytes + asideBytes >= bytes
    );
  }

  #enqueue(waiting: Waiting): void {
    (waiting.delivery.qos === 0 ? this.#fleeting : this.#lasting).push(waiting);
    this.pump();
  }

  /**
   * Messages of the store, oldest first.
   * @returns whether there was room for all
   */
  #take(queued: readonly QueuedMessage[]): boolean {
    for (const message of queued) {
      if (message.seq <= this.#high) continue;
      if (this.#isImmodest) return false;
      this.#high = message.seq;
      if (message.state !== "waiting") this.#noteSent(message.seq);
      if (message.state === "released") this.#inflight.resumeRelease(message.seq);
      else {
        const backlog = message.qos === 0 ? this.#fleeting : this.#lasting;
        // [MQTT-3.3.1-1], [MQTT-3.3.1-2]
        backlog.push({ delivery: message, dup: message.qos > 0 && message.state === "maybe-sent" });
      }
    }
    return true;
  }

  #catchUp(): void {
    if (this.#reading || this.#aside !== undefined) return;
    this.#reading = true;
    this.#missed = false;
    this.#ways
      .page(this.#high)
      .then(({ queued, more }) => {
        this.#reading = false;
        if (this.#state === "over") return;
        const isWhole = this.#take(queued);
        if (isWhole && !more && !this.#missed) this.#state = "live";
        this.pump();
      })
      .catch((error: unknown) => {
        this.#reading = false;
        this.#ways.failed(error);
      });
  }

  /** @param packetId undefined for QoS 0 */
  #transmit({ delivery, dup }: Waiting, packetId: number | undefined): void {
    const { publication, seq } = delivery;
    const now = this.#ways.now();
    const obstacle = this.#obstacleTo(delivery, now);
    // What the client may have begun to receive with QoS 2 is finished nevertheless.
    if (obstacle !== undefined && !(dup && delivery.qos === 2)) {
      this.#discard(obstacle, delivery);
      return;
    }
    const named = this.#aliases.name(publication.topic);
    const transmission: Transmission = {
      ...named,
      delivery,
      dup,
      packetId,
      // [MQTT-3.3.2-6]: whole seconds that are left of those received.
      expirySeconds:
        publication.expiresAt === undefined
          ? undefined
          : Math.max(0, Math.ceil((publication.expiresAt - now) / 1_000)),
    };
    const pieces = this.#ways.encode(transmission);
    // [MQTT-3.1.2-24], [MQTT-3.1.2-25]: it is as if it had been sent.
    if (pieces.length === 0) {
      this.#discard("too-large", delivery);
      return;
    }
    this.#aliases.sent(publication.topic, named.alias);
    if (packetId !== undefined) this.#inflight.sent(packetId, delivery);
    else if (seq !== undefined) this.#ways.done(seq);
    if (seq !== undefined) this.#noteSent(seq);
    this.#ways.write(pieces);
  }

  #obstacleTo({ publication, seq }: Delivery, now: number): "expired" | "not-allowed" | undefined {
    // [MQTT-3.3.2-5]
    if (publication.expiresAt !== undefined && publication.expiresAt <= now) return "expired";
    // What was kept may be older than a change of what the client may have.
    const permitted = seq === undefined || this.#ways.permits(publication.topic);
    return permitted ? undefined : "not-allowed";
  }

  #noteSent(seq: bigint): void {
    if (seq > this.#sentThrough) this.#sentThrough = seq;
  }

  #discard(cause: "expired" | "too-large" | "not-allowed", delivery: Delivery): void {
    if (delivery.seq !== undefined) this.#ways.done(delivery.seq);
    this.#ways.dropped(cause, delivery);
  }
}
