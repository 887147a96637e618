import type { Delivery } from "#server/broker/fanout.ts";
import type { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";

/** A delivery that waits for its turn. */
export type Waiting = {
  readonly delivery: Delivery;
  /** An earlier connection sent it, or may have. */
  readonly dup: boolean;
};

/** Besides its payload: what keeping a message costs, roughly. */
const overheadBytes = 200;

function sizeOf({ publication }: Delivery): number {
  return publication.payload.length + publication.forwarded.length + overheadBytes;
}

/** Deliveries in order, first in, first out, with what they cost in memory. */
export class Backlog {
  readonly #memory: OutboundMemory;
  #items: (Waiting | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  constructor(memory: OutboundMemory) {
    this.#memory = memory;
  }

  get size(): number {
    return this.#items.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get head(): Waiting | undefined {
    return this.#items[this.#first];
  }

  push(waiting: Waiting): void {
    this.#items.push(waiting);
    const bytes = sizeOf(waiting.delivery);
    this.#bytes += bytes;
    this.#memory.add(1, bytes);
  }

  shift(): void {
    const { head } = this;
    if (head === undefined) return;
    const bytes = sizeOf(head.delivery);
    this.#bytes -= bytes;
    this.#memory.add(-1, -bytes);
    this.#items[this.#first] = undefined;
    this.#first += 1;
    // Moves what is left once in a while instead of with every message.
    if (this.#first < 64 || this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }

  clear(): void {
    this.#memory.add(-this.size, -this.#bytes);
    this.#items = [];
    this.#first = 0;
    this.#bytes = 0;
  }
}
