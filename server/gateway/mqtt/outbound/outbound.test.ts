import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Delivery } from "#server/broker/fanout.ts";
import type { Qos } from "#server/broker/publication.ts";
import type { QueuedMessage } from "#server/broker/session-store.ts";
import { Outbound } from "#server/gateway/mqtt/outbound/outbound.ts";
import { keptPacketId } from "#server/gateway/mqtt/outbound/packet-ids.ts";
import type { Transmission } from "#server/gateway/mqtt/outbound/ways.ts";
import {
  createWays,
  delivery,
  limits,
  publication,
  queued,
  settled,
} from "#server/testing/outbound.ts";

test("what comes after a reconnect is taken as it comes, though what was before it has long gone", () => {
  const { seen, ways } = createWays({ page: () => Promise.reject(new Error("asked the store")) });
  const outbound = new Outbound(ways, limits);
  outbound.begin({ queued: [], more: false, lastSeq: 7n });
  outbound.deliver(delivery(7n, 1));
  outbound.deliver(delivery(8n, 1));
  expect(seen.sent.map(({ delivery: { seq } }) => seq)).toEqual([8n]);
});

describe("what is in flight", () => {
  test("goes first on a new connection, marked, with the identifier it had [MQTT-4.4.0-1]", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, limits);
    const left = [queued(7n, "released", 2), queued(8n, "maybe-sent", 2), queued(9n, "waiting")];
    outbound.begin({ queued: left, more: false });
    expect(seen.pubrels).toEqual([8]);
    expect(seen.sent.map(({ packetId, dup }) => [packetId, dup])).toEqual([
      [9, true],
      [10, false],
    ]);
  });

  test("never exceeds the window, and PUBACK opens it [MQTT-3.3.4-9]", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, limits);
    outbound.begin({ queued: [], more: false });
    for (let at = 0; at < 5; at += 1) outbound.deliver(delivery(undefined, 1));
    expect(seen.sent).toHaveLength(3);
    expect(outbound.acknowledge(seen.sent[1]!.packetId!)).toBe("expected");
    expect(seen.sent).toHaveLength(4);
    expect(new Set(seen.sent.map(({ packetId }) => packetId)).size).toBe(4);
  });

  test("PUBREL waits until the store has PUBREC", async () => {
    let commit: ((released: boolean) => void) | undefined;
    const { seen, ways } = createWays({
      release: () => new Promise((resolve) => (commit = resolve)),
    });
    const outbound = new Outbound(ways, limits);
    outbound.begin({ queued: [queued(1n, "waiting", 2)], more: false });
    expect(outbound.received(2, false)).toBe("expected");
    expect(outbound.received(2, false)).toBe("expected");
    expect(outbound.complete(2)).toBe("out-of-turn");
    expect(seen.pubrels).toEqual([]);
    commit?.(true);
    await settled();
    expect(seen.pubrels).toEqual([2]);
    expect(outbound.complete(2)).toBe("expected");
    expect(seen.done).toEqual([1n]);
  });

  test("a PUBREC with an error ends it without PUBREL [MQTT-4.3.3-4] [MQTT-4.4.0-2]", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, limits);
    outbound.begin({ queued: [queued(1n, "waiting", 2)], more: false });
    expect(outbound.received(2, true)).toBe("expected");
    expect(outbound.received(2, false)).toBe("unknown");
    expect(seen.pubrels).toEqual([]);
    expect(seen.done).toEqual([1n]);
  });

  test("an acknowledgement of the other kind is out of turn", () => {
    const { ways } = createWays();
    const outbound = new Outbound(ways, limits);
    outbound.begin({
      queued: [queued(1n, "waiting", 2), queued(2n, "waiting", 1)],
      more: false,
    });
    expect(outbound.acknowledge(2)).toBe("out-of-turn");
    expect(outbound.received(3, false)).toBe("out-of-turn");
    expect(outbound.acknowledge(77)).toBe("unknown");
  });
});

describe("what waits", () => {
  test("is dropped when it expires, and tells what is left of its time [MQTT-3.3.2-5] [MQTT-3.3.2-6]", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, { ...limits, window: 1 });
    outbound.begin({ queued: [], more: false });
    const expiring = (expiresAt: number): Delivery => ({
      ...delivery(undefined, 1),
      publication: publication("t", "", expiresAt),
    });
    for (const expiresAt of [5_500, 2_000, 9_000]) outbound.deliver(expiring(expiresAt));
    seen.now = 3_000;
    outbound.acknowledge(seen.sent[0]!.packetId!);
    expect(seen.sent.map(({ expirySeconds }) => expirySeconds)).toEqual([5, 6]);
    expect(seen.dropped).toEqual(["expired"]);
  });

  test("QoS 0 passes what waits for the window, and is dropped for a slow reader", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, { ...limits, window: 1 });
    outbound.begin({ queued: [], more: false });
    outbound.deliver(delivery(undefined, 1, "a"));
    outbound.deliver(delivery(undefined, 1, "b"));
    outbound.deliver(delivery(undefined, 0, "c"));
    expect(seen.sent.map((each) => String(each.delivery.publication.payload))).toEqual(["a", "c"]);
    seen.congested = true;
    outbound.deliver(delivery(undefined, 0, "d"));
    expect(seen.dropped).toEqual(["slow"]);
  });

  test("lets retained messages go ahead of what is published meanwhile", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, limits);
    outbound.begin({ queued: [], more: false });
    outbound.pause();
    outbound.deliver(delivery(undefined, 0, "live"));
    outbound.deliverRetained(delivery(undefined, 0, "retained"));
    outbound.resume();
    const texts = seen.sent.map((each) => String(each.delivery.publication.payload));
    expect(texts).toEqual(["retained", "live"]);
  });

  test("topics that repeat are said by an alias, the least recent is given away", () => {
    const { seen, ways } = createWays();
    const outbound = new Outbound(ways, { ...limits, topicAliases: 2 });
    outbound.begin({ queued: [], more: false });
    for (const topic of ["a", "a", "b", "a", "c", "a", "b"]) {
      outbound.deliver(delivery(undefined, 0, "", topic));
    }
    expect(seen.sent.map(({ topic, alias }) => [topic, alias])).toEqual([
      ["a", 1],
      ["", 1],
      ["b", 2],
      ["", 1],
      ["c", 2],
      ["", 1],
      ["b", 2],
    ]);
  });
});

/**
 * A session in a store, a client that keeps what it got, and a network that loses what is under way
 * whenever the connection ends.
 */
class Model {
  readonly published: { readonly seq: bigint; readonly qos: Qos }[] = [];
  readonly queue = new Map<bigint, QueuedMessage>();
  /** QoS 1 may be there twice, QoS 2 may not. */
  readonly got: { readonly seq: bigint; readonly qos: Qos }[] = [];
  readonly heldIds = new Set<number>();
  nextSeq = 1n;
  outbound: Outbound | undefined;
  readonly faults: string[] = [];
  /** What was sent on connections that have ended, and on this one. */
  readonly sentEarlier = new Set<bigint>();
  readonly sentNow = new Set<bigint>();
  /** Another worker queued something, and the news of it is on its way. */
  hasNews = false;
  /** On their way to the client, in order. */
  wire: ({ publish: Transmission } | { pubrel: number })[] = [];
  /** On their way back. */
  back: ["puback" | "pubrec" | "pubcomp", number][] = [];
  sentBefore = 1n;
  unacknowledged = new Set<number>();

  connect(): void {
    if (this.outbound !== undefined) return;
    const { ways } = createWays({
      encode: (transmission) => {
        const { packetId } = transmission;
        if (packetId !== keptPacketId(transmission.delivery.seq!)) this.faults.push("identifier");
        const { seq } = transmission.delivery;
        if (this.sentEarlier.has(seq!) && !transmission.dup) this.faults.push("not marked");
        if (this.sentNow.has(seq!)) this.faults.push("sent twice");
        this.sentNow.add(seq!);
        this.unacknowledged.add(packetId!);
        if (this.unacknowledged.size > limits.window) this.faults.push("window");
        this.wire.push({ publish: transmission });
        return [Buffer.alloc(0)];
      },
      writePubrel: (id) => this.wire.push({ pubrel: id }),
      page: (seq) => Promise.resolve(this.page(seq)),
      release: (seq) => {
        const message = this.queue.get(seq);
        if (message !== undefined) this.queue.set(seq, { ...message, state: "released" });
        return Promise.resolve(true);
      },
      done: (seq) => this.queue.delete(seq),
    });
    this.outbound = new Outbound(ways, limits);
    this.outbound.begin({ ...this.page(0n), lastSeq: this.nextSeq - 1n });
  }

  page(after: bigint): { queued: QueuedMessage[]; more: boolean } {
    const rest = [...this.queue.values()].filter(({ seq }) => seq > after);
    const page = rest.slice(0, 4).map((message): QueuedMessage => {
      if (message.state === "released") return message;
      return { ...message, state: message.seq < this.sentBefore ? "maybe-sent" : "waiting" };
    });
    return { queued: page, more: rest.length > page.length };
  }

  publish(qos: 1 | 2, told: boolean): void {
    const seq = this.nextSeq;
    // Now and then a seq is left out.
    this.nextSeq += seq % 7n === 0n ? 2n : 1n;
    const message = queued(seq, "waiting", qos);
    this.published.push({ seq, qos });
    this.queue.set(seq, message);
    if (told) this.outbound?.deliver({ ...message, seq });
    else this.hasNews = true;
  }

  hear(): void {
    if (this.hasNews) this.outbound?.announce();
    this.hasNews = false;
  }

  /** The client takes the next packet. */
  receive(): void {
    const packet = this.wire.shift();
    if (packet === undefined) return;
    if ("pubrel" in packet) {
      this.heldIds.delete(packet.pubrel);
      this.back.push(["pubcomp", packet.pubrel]);
      return;
    }
    const { delivery: of, packetId } = packet.publish;
    const { qos, seq } = of;
    if (qos === 1) {
      this.got.push({ seq: seq!, qos });
      this.back.push(["puback", packetId!]);
      return;
    }
    if (!this.heldIds.has(packetId!)) this.got.push({ seq: seq!, qos });
    this.heldIds.add(packetId!);
    this.back.push(["pubrec", packetId!]);
  }

  /** The server takes the next answer. */
  answer(): void {
    const next = this.back.shift();
    if (next === undefined || this.outbound === undefined) return;
    const [kind, id] = next;
    if (kind !== "pubrec") this.unacknowledged.delete(id);
    if (kind === "puback") this.outbound.acknowledge(id);
    else if (kind === "pubcomp") this.outbound.complete(id);
    else this.outbound.received(id, false);
  }

  disconnect(crash: boolean): void {
    if (this.outbound === undefined) return;
    this.sentBefore = crash ? this.nextSeq : this.outbound.sentThrough + 1n;
    this.outbound.close();
    this.outbound = undefined;
    this.wire = [];
    this.back = [];
    this.unacknowledged.clear();
    for (const seq of this.sentNow) this.sentEarlier.add(seq);
    this.sentNow.clear();
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      qos: fc.constantFrom(1 as const, 2 as const),
      told: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom("receive" as const, "answer" as const) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("disconnect" as const), crash: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("connect" as const, "hear" as const) }) },
);

test("whatever happens in whatever order: nothing is lost, QoS 2 comes once, the order holds, the window too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
      const model = new Model();
      for (const one of steps) {
        if (one.do === "publish") model.publish(one.qos, one.told);
        else if (one.do === "receive") model.receive();
        else if (one.do === "answer") model.answer();
        else if (one.do === "connect") model.connect();
        else if (one.do === "disconnect") model.disconnect(one.crash);
        else if (one.do === "hear") model.hear();
        else await settled();
      }
      model.connect();
      model.hear();
      for (let quiet = 0; quiet < 3;) {
        await settled();
        const busy = model.wire.length + model.back.length > 0;
        quiet = busy ? 0 : quiet + 1;
        while (model.wire.length > 0) model.receive();
        while (model.back.length > 0) model.answer();
      }
      const firsts = [...new Set(model.got.map(({ seq }) => seq))];
      expect(firsts).toEqual(model.published.map(({ seq }) => seq));
      const exactly = model.got.filter(({ qos }) => qos === 2).map(({ seq }) => seq);
      expect(new Set(exactly).size).toBe(exactly.length);
      expect(model.queue.size).toBe(0);
      expect(model.faults).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
