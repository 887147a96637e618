import { describe, expect, it } from "vitest";
import { linkHash, payloadDigest } from "#server/services/audit/chain.ts";
import {
  chainStart,
  checkEvents,
  checkHead,
  type ChainPosition,
  type StoredEvent,
} from "#server/services/audit/check-chain.ts";

const tenantId = "6b1f7a52-0c6e-4a7e-9d0f-0c9a6a1f4b11";

function buildChain(length: number): { events: StoredEvent[]; head: ChainPosition } {
  const events: StoredEvent[] = [];
  let position = chainStart;
  for (let index = 1; index <= length; index += 1) {
    const seq = BigInt(index);
    const at = new Date(1_800_000_000_000 + index * 1000);
    const salt = Buffer.alloc(16, index);
    const payload = { before: { name: "a" }, after: { name: `b${index}` } };
    const texts = {
      actor: "mara@example.com",
      actorType: "user",
      actionCode: "device.update",
      target: `device:pump-${index}`,
      outcome: "done",
      reason: null,
      requestId: `request-${index}`,
      ip: "192.0.2.1",
    };
    const digest = payloadDigest(salt, payload);
    const header = { tenant: tenantId, seq: seq.toString(), at: at.toISOString(), ...texts };
    const hash = linkHash(position.hash, header, digest);
    events.push({
      ...texts,
      tenantId,
      seq,
      at,
      payload,
      salt,
      payloadDigest: digest,
      prevHash: position.hash,
      hash,
    });
    position = { seq, hash };
  }
  return { events, head: position };
}

function verdict(events: readonly StoredEvent[], head: ChainPosition) {
  const { position, broken } = checkEvents(chainStart, events);
  return broken ?? checkHead(position, head);
}

const length = 9;
const other = Buffer.alloc(32, 7);

describe("a trail that nobody touched", () => {
  it("holds", () => {
    const { events, head } = buildChain(length);
    expect(verdict(events, head)).toBeUndefined();
  });

  it("holds when it is empty", () => {
    expect(verdict([], chainStart)).toBeUndefined();
  });

  it("holds when it is followed in pages", () => {
    const { events, head } = buildChain(length);
    const first = checkEvents(chainStart, events.slice(0, 4));
    const second = checkEvents(first.position, events.slice(4));
    expect(second.broken ?? checkHead(second.position, head)).toBeUndefined();
  });
});

describe("a single change of any event", () => {
  const changes: { [K in keyof StoredEvent]: StoredEvent[K] } = {
    tenantId: "6b1f7a52-0c6e-4a7e-9d0f-0c9a6a1f4b12",
    seq: 99n,
    at: new Date(0),
    actor: "someone@example.com",
    actorType: "token",
    actionCode: "device.create",
    target: "device:other",
    outcome: "denied",
    reason: "because",
    requestId: null,
    ip: null,
    payload: { before: { name: "a" }, after: { name: "c" } },
    salt: Buffer.alloc(16, 99),
    payloadDigest: other,
    prevHash: other,
    hash: other,
  };
  const fields = Object.keys(changes) as (keyof StoredEvent)[];
  const cases = fields.flatMap((field) =>
    Array.from({ length }, (_, index) => ({ field, index, number: index + 1 })),
  );

  it.each(cases)("is found: $field of event $number", ({ field, index }) => {
    const { events, head } = buildChain(length);
    const changed = events.with(index, { ...events[index]!, [field]: changes[field] });
    expect(verdict(changed, head)?.seq).toBe(String(index + 1));
  });

  it("is found: details and salt erased without a record", () => {
    const { events, head } = buildChain(length);
    const changed = events.with(4, { ...events[4]!, payload: null, salt: null });
    expect(verdict(changed, head)).toMatchObject({ seq: "5", problem: "payload changed" });
  });
});

describe("the order and number of events", () => {
  it.each(Array.from({ length }, (_, index) => index))("event %i + 1 was deleted", (index) => {
    const { events, head } = buildChain(length);
    const problem = index === length - 1 ? "cut off" : "missing";
    expect(verdict(events.toSpliced(index, 1), head)).toMatchObject({
      seq: String(index + 1),
      problem,
    });
  });

  it.each(Array.from({ length: length - 1 }, (_, index) => index))(
    "events %i + 1 and the next changed places",
    (index) => {
      const { events, head } = buildChain(length);
      const swapped = events.with(index, events[index + 1]!).with(index + 1, events[index]!);
      expect(verdict(swapped, head)?.seq).toBe(String(index + 1));
    },
  );

  it("two events changed places and numbers", () => {
    const { events, head } = buildChain(length);
    const swapped = events.with(2, { ...events[3]!, seq: 3n }).with(3, { ...events[2]!, seq: 4n });
    expect(verdict(swapped, head)).toMatchObject({ seq: "3" });
  });

  it("the end was cut off", () => {
    const { events, head } = buildChain(length);
    expect(verdict(events.slice(0, 4), head)).toMatchObject({ seq: "5", problem: "cut off" });
    expect(verdict([], head)).toMatchObject({ seq: "1", problem: "cut off" });
  });

  it("the end was cut off and written anew", () => {
    const { events, head } = buildChain(length);
    const last = buildChain(length + 1).events.slice(0, length - 1);
    const forged = { ...events[length - 1]!, target: "device:forged" };
    expect(verdict([...last, forged], head)).toMatchObject({ seq: String(length) });
  });

  it("events were added that the head does not know", () => {
    const { head } = buildChain(length);
    const { events } = buildChain(length + 1);
    expect(verdict(events, head)).toMatchObject({ problem: "too long" });
  });
});
