/**
 * Deliveries on their way to a client, by packet identifier.
 *
 * sent       PUBLISH is out; PUBACK (QoS 1) or PUBREC (QoS 2) is due.
 * releasing  PUBREC came and is being committed. PUBREL may not be sent before: after a crash the
 *            message would be published again to a client that may have forgotten its identifier.
 * released   PUBREL is out; PUBCOMP is due [MQTT-4.3.3-6] and the PUBLISH is not sent again.
 */
import type { Delivery } from "#server/broker/fanout.ts";
import { keptPacketId, OwnPacketIds } from "#server/gateway/mqtt/outbound/packet-ids.ts";
import type { OutboundWays } from "#server/gateway/mqtt/outbound/ways.ts";
import type { Qos } from "#server/broker/publication.ts";

/** What an acknowledgement of the client was about. */
export type Answer =
  | "expected"
  /** No delivery has the packet identifier. */
  | "unknown"
  /** The delivery has another QoS, or is not that far. */
  | "out-of-turn";

type Entry = {
  readonly seq: bigint | undefined;
  readonly qos: Qos;
  state: "sent" | "releasing" | "released";
  /** Whether it takes a place of the client's receive maximum. */
  readonly counts: boolean;
};

export class Inflight {
  /** Made with the first: most clients of a fleet get nothing for hours. */
  #known: Map<number, Entry> | undefined;
  readonly #own = new OwnPacketIds();
  readonly #ways: OutboundWays;
  readonly #window: number;
  #used = 0;

  constructor(ways: OutboundWays, window: number) {
    this.#ways = ways;
    this.#window = window;
  }

  get size(): number {
    return this.#known?.size ?? 0;
  }

  get #entries(): Map<number, Entry> {
    return (this.#known ??= new Map());
  }

  /** @returns undefined when the window is full or the message's identifier is still in use */
  idFor({ seq }: Delivery): number | undefined {
    if (this.#used >= this.#window) return undefined;
    if (seq === undefined) return this.#own.next(this.#entries);
    const id = keptPacketId(seq);
    return this.#entries.has(id) ? undefined : id;
  }

  sent(packetId: number, { seq, qos }: Delivery): void {
    this.#used += 1;
    this.#entries.set(packetId, { seq, qos, state: "sent", counts: true });
  }

  /** On an earlier connection PUBREC came: PUBREL is sent again, outside of the window (§4.9). */
  resumeRelease(seq: bigint): void {
    const packetId = keptPacketId(seq);
    this.#entries.set(packetId, { seq, qos: 2, state: "released", counts: false });
    this.#ways.writePubrel(packetId);
  }

  acknowledge(packetId: number): Answer {
    const entry = this.#entries.get(packetId);
    if (entry === undefined) return "unknown";
    if (entry.qos !== 1) return "out-of-turn";
    this.#end(packetId, entry);
    return "expected";
  }

  received(packetId: number, failed: boolean): Answer {
    const entry = this.#entries.get(packetId);
    if (entry === undefined) return "unknown";
    if (entry.qos !== 2) return "out-of-turn";
    if (failed) {
      if (entry.state !== "sent") return "out-of-turn";
      this.#end(packetId, entry);
      return "expected";
    }
    // [MQTT-4.3.3-4]
    if (entry.state === "released") this.#ways.writePubrel(packetId);
    if (entry.state === "sent") this.#release(packetId, entry);
    return "expected";
  }

  complete(packetId: number): Answer {
    const entry = this.#entries.get(packetId);
    if (entry === undefined) return "unknown";
    if (entry.state !== "released") return "out-of-turn";
    this.#end(packetId, entry);
    return "expected";
  }

  close(): void {
    this.#known = undefined;
  }

  #release(packetId: number, entry: Entry): void {
    if (entry.seq === undefined) {
      entry.state = "released";
      this.#ways.writePubrel(packetId);
      return;
    }
    entry.state = "releasing";
    this.#ways
      .release(entry.seq)
      .then((released) => {
        if (!released || this.#entries.get(packetId) !== entry) return;
        entry.state = "released";
        this.#ways.writePubrel(packetId);
      })
      .catch((error: unknown) => this.#ways.failed(error));
  }

  #end(packetId: number, entry: Entry): void {
    this.#entries.delete(packetId);
    if (entry.counts) this.#used -= 1;
    if (entry.seq !== undefined) this.#ways.done(entry.seq);
  }
}
