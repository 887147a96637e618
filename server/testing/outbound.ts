import type { Delivery } from "#server/broker/fanout.ts";
import type { Qos } from "#server/broker/publication.ts";
import type { QueuedMessage } from "#server/broker/session-store.ts";
import type { OutboundLimits } from "#server/gateway/mqtt/outbound/outbound.ts";
import { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";
import type { OutboundWays, Transmission } from "#server/gateway/mqtt/outbound/ways.ts";

export const limits: OutboundLimits = {
  window: 3,
  topicAliases: 0,
  memoryMessages: 5,
  memoryBytes: 1_000_000,
};
const nothing = Buffer.alloc(0);
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export function publication(topic: string, text = "", expiresAt?: number) {
  return { topic, payload: Buffer.from(text), expiresAt, receivedAt: 0, forwarded: nothing };
}

export function delivery(seq: bigint | undefined, qos: Qos, text = "", topic = "t"): Delivery {
  return { publication: publication(topic, text), qos, retain: false, identifiers: [], seq };
}

export function createMemory(outboundMessages = 1_000, outboundBytes = 1_000_000): OutboundMemory {
  return new OutboundMemory({ outboundMessages, outboundBytes });
}

/** What a test sees of the way out. */
export function createWays(more: Partial<OutboundWays> = {}) {
  const seen = {
    sent: [] as Transmission[],
    pubrels: [] as number[],
    done: [] as bigint[],
    dropped: [] as string[],
    congested: false,
    now: 1_000,
  };
  const ways: OutboundWays = {
    memory: createMemory(),
    encode: (transmission) => {
      seen.sent.push(transmission);
      return [transmission.delivery.publication.payload];
    },
    write: () => undefined,
    writePubrel: (id) => seen.pubrels.push(id),
    get congested() {
      return seen.congested;
    },
    page: () => Promise.resolve({ queued: [], more: false }),
    release: () => Promise.resolve(true),
    done: (seq) => seen.done.push(seq),
    permits: () => true,
    dropped: (cause) => seen.dropped.push(cause),
    failed: (error) => {
      throw error;
    },
    now: () => seen.now,
    ...more,
  };
  return { seen, ways };
}

export function queued(seq: bigint, state: QueuedMessage["state"], qos: Qos = 1): QueuedMessage {
  return { seq, qos, retain: false, identifiers: [], state, publication: publication("t") };
}
