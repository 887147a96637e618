import { describe, expect, test } from "vitest";
import { Outbound } from "#server/gateway/mqtt/outbound/outbound.ts";
import type { OutboundMemory } from "#server/gateway/mqtt/outbound/outbound-memory.ts";
import {
  createMemory,
  createWays,
  delivery,
  limits,
  queued,
  settled,
} from "#server/testing/outbound.ts";

describe("the memory of all clients", () => {
  const roomy = { ...limits, memoryMessages: 10_000 };

  /** A client that reads nothing more and has `count` messages waiting. */
  function createSlow(memory: OutboundMemory, count: number) {
    const slow = createWays({ memory });
    slow.seen.congested = true;
    const outbound = new Outbound(slow.ways, roomy);
    outbound.begin({ queued: [], more: false });
    for (let sent = 0; sent < count; sent += 1) outbound.deliver(delivery(undefined, 1));
    return { ...slow, outbound };
  }

  test("bounds what waits for slow ones; the rest is dropped with a cause of its own", () => {
    const memory = createMemory(100);
    const first = createSlow(memory, 90);
    const second = createSlow(memory, 90);
    expect(first.seen.dropped).toEqual([]);
    expect(memory.messages).toBe(106);
    expect(second.seen.dropped).toEqual(Array.from({ length: 74 }, () => "memory"));
  });

  test("is bounded in bytes as well", () => {
    const memory = createMemory(1_000, 10_000);
    const { outbound, seen } = createSlow(memory, 16);
    for (let sent = 0; sent < 5; sent += 1) {
      outbound.deliver(delivery(undefined, 1, "x".repeat(5_000)));
    }
    expect(seen.dropped).toEqual(["memory", "memory", "memory"]);
  });

  test("when it is spent, a quick client gets what it did before", () => {
    const memory = createMemory(100);
    createSlow(memory, 100);
    const { seen, ways } = createWays({ memory });
    const quick = new Outbound(ways, { ...roomy, window: 100 });
    quick.begin({ queued: [], more: false });
    for (let sent = 0; sent < 50; sent += 1) quick.deliver(delivery(undefined, 1));
    expect(seen.sent).toHaveLength(50);
    expect(seen.dropped).toEqual([]);
  });

  test("is given back as clients read on, and when they leave", () => {
    const memory = createMemory();
    const leaving = createSlow(memory, 20);
    const reading = createSlow(memory, 3);
    leaving.outbound.pause();
    leaving.outbound.deliver(delivery(undefined, 1));
    expect(memory.messages).toBe(24);
    reading.seen.congested = false;
    reading.outbound.pump();
    expect(memory.messages).toBe(21);
    leaving.outbound.close();
    expect([memory.messages, memory.bytes]).toEqual([0, 0]);
  });

  test("leaves what is kept in the store when it is spent: nothing of it is dropped", async () => {
    const memory = createMemory(30);
    const { outbound: slow } = createSlow(memory, 30);
    const store = Array.from({ length: 40 }, (_, index) => queued(BigInt(index + 1), "waiting"));
    const { seen, ways } = createWays({
      memory,
      page: (after) =>
        Promise.resolve({ queued: store.filter(({ seq }) => seq > after), more: false }),
    });
    seen.congested = true;
    const outbound = new Outbound(ways, { ...roomy, window: 100 });
    outbound.begin({ queued: [], more: false });
    for (const message of store) outbound.deliver(message);
    expect(memory.messages).toBe(46);

    slow.close();
    seen.congested = false;
    outbound.pump();
    await settled();
    expect(seen.sent.map(({ delivery: { seq } }) => seq)).toEqual(store.map(({ seq }) => seq));
    expect(seen.dropped).toEqual([]);
  });

  test("takes no more of a page than a modest share when it is spent", async () => {
    const memory = createMemory(30);
    createSlow(memory, 30);
    const store = Array.from({ length: 40 }, (_, index) => queued(BigInt(index + 1), "waiting"));
    const { seen, ways } = createWays({
      memory,
      page: (after) =>
        Promise.resolve({ queued: store.filter(({ seq }) => seq > after), more: false }),
    });
    seen.congested = true;
    const outbound = new Outbound(ways, { ...roomy, window: 100 });
    outbound.begin({ queued: store, more: false });
    expect(memory.messages).toBe(46);

    seen.congested = false;
    outbound.pump();
    for (let round = 0; round < 5; round += 1) await settled();
    expect(seen.sent.map(({ delivery: { seq } }) => seq)).toEqual(store.map(({ seq }) => seq));
  });
});
