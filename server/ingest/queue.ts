import { bytesOf, receivedAtOf } from "#server/ingest/accepted.ts";
import type { Queued } from "#server/ingest/resolve-batch.ts";

/** What a message takes besides its payload and properties, bytes, roughly. */
const overheadBytes = 512;

export type QueueLimits = {
  /** Above either of these the listeners stop reading. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingMessages: number;
  /** A batch is cut at either of these. */
  readonly maxBatchBytes: number;
  readonly maxBatchMessages: number;
};

export const defaultQueueLimits: QueueLimits = {
  maxWaitingBytes: 32 * 1024 * 1024,
  maxWaitingMessages: 20_000,
  maxBatchBytes: 4 * 1024 * 1024,
  maxBatchMessages: 1000,
};

/** Messages in the order of receipt, until they are settled. */
export class IngestQueue {
  readonly #limits: QueueLimits;
  #waiting: Queued[] = [];
  #head = 0;
  #bytes = 0;
  #inFlight = 0;
  #callbacks: (() => void)[] = [];

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Messages that are not settled. */
  get length(): number {
    return this.#waiting.length - this.#head + this.#inFlight;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasWaiting(): boolean {
    return this.#head < this.#waiting.length;
  }

  get hasRoom(): boolean {
    return (
      this.#bytes < this.#limits.maxWaitingBytes && this.length < this.#limits.maxWaitingMessages
    );
  }

  onceRoom(callback: () => void): void {
    if (this.hasRoom) queueMicrotask(callback);
    else this.#callbacks.push(callback);
  }

  push(entry: Queued): void {
    this.#waiting.push(entry);
    this.#bytes += sizeOf(entry);
  }

  /** Takes the next batch; its bytes count until {@link settled}. */
  cut(): readonly Queued[] {
    const start = this.#head;
    let bytes = 0;
    let end = start;
    while (end < this.#waiting.length && end - start < this.#limits.maxBatchMessages) {
      const entry = this.#waiting[end];
      if (entry === undefined) break;
      bytes += sizeOf(entry);
      if (bytes > this.#limits.maxBatchBytes && end > start) break;
      end += 1;
    }
    const batch = this.#waiting.slice(start, end);
    this.#head = end;
    this.#compact();
    this.#inFlight += batch.length;
    return batch;
  }

  /** The batch is done with; listeners read on once half of the room is free again. */
  settled(batch: readonly Queued[]): void {
    this.#inFlight -= batch.length;
    for (const entry of batch) this.#bytes -= sizeOf(entry);
    const half =
      this.#bytes <= this.#limits.maxWaitingBytes / 2 &&
      this.length <= this.#limits.maxWaitingMessages / 2;
    if (!half || this.#callbacks.length === 0) return;
    for (const callback of this.#callbacks.splice(0)) callback();
  }

  /** When the oldest message that waits came, epoch milliseconds. */
  get oldestReceivedAt(): number | undefined {
    const oldest = this.#waiting[this.#head];
    return oldest === undefined ? undefined : receivedAtOf(oldest.message);
  }

  #compact(): void {
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head > 4096) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }
}

function sizeOf(entry: Queued): number {
  return bytesOf(entry.message) + overheadBytes;
}
