import type { ListenerBounds } from "#server/gateway/mqtt/limits.ts";

/**
 * What waits in memory for all clients of a worker, in its backlogs and in its sockets. A payload
 * that waits for many clients counts for each: the store would give it to each of them again.
 */
export class OutboundMemory {
  readonly #mostMessages: number;
  readonly #mostBytes: number;
  #messages = 0;
  #bytes = 0;

  constructor(bounds: Pick<ListenerBounds, "outboundMessages" | "outboundBytes">) {
    this.#mostMessages = bounds.outboundMessages;
    this.#mostBytes = bounds.outboundBytes;
  }

  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether clients with more than a modest share get nothing more for now. */
  get isSpent(): boolean {
    return this.#messages >= this.#mostMessages || this.#bytes >= this.#mostBytes;
  }

  /** Counts what begins to wait; negative numbers what does so no longer. */
  add(messages: number, bytes: number): void {
    this.#messages += messages;
    this.#bytes += bytes;
  }
}
