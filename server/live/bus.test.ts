import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveFrame, LiveInterest, LiveMessage } from "#server/domain/live.ts";
import { createLiveBus, type LiveBus } from "#server/live/bus.ts";
import type { LiveEvent } from "#server/live/port.ts";

const tenantId = "11111111-1111-4111-8111-111111111111";
const interest: LiveInterest = { tenantId, deviceKeys: ["7"], fleet: false, refusals: false };

function message(ts: number, deviceKey = "7"): LiveMessage {
  const outcome = "stored" as const;
  return { deviceKey, ts, receivedAt: ts, topic: "t", outcome, values: { a: ts }, text: "" };
}
function offer(bus: LiveBus, told: LiveMessage, tenant = tenantId): void {
  bus.watched(tenant, BigInt(told.deviceKey))?.offer({ count: 1, make: () => told });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(more: Partial<LiveInterest> = {}) {
  const bus = createLiveBus(() => Date.now());
  const frames: LiveFrame[] = [];
  const state = { ready: true };
  const subscription = bus.subscribe({
    interest: { ...interest, ...more },
    isReady: () => state.ready,
    send: (frame) => frames.push(frame),
  });
  return { bus, frames, state, subscription };
}

describe("the live bus", () => {
  it.each([
    ["a little, 25 times a second", 10, 24, 26],
    ["20 000 messages a second, ten times", 0.05, 10, 12],
  ])("tells the first message at once and gathers %s", (_, everyMs, least, most) => {
    const { bus, frames } = watch();
    offer(bus, message(1));
    expect(frames).toHaveLength(1);
    for (let ms = 0; ms < 1000; ms += 10) {
      for (let at = 0; at < 10; at += everyMs) offer(bus, message(ms));
      vi.advanceTimersByTime(10);
    }
    expect(frames.length).toBeGreaterThanOrEqual(least);
    expect(frames.length).toBeLessThanOrEqual(most);
  });

  it("tells the last message of a burst without waiting for another", () => {
    const { bus, frames } = watch();
    offer(bus, message(1));
    offer(bus, message(2));
    vi.advanceTimersByTime(150);
    expect(frames.at(-1)).toMatchObject({ messages: [{ ts: 2 }], dropped: 0 });
  });

  it("gives a slow viewer the newest and the number of what it missed", () => {
    const { bus, frames, state } = watch();
    state.ready = false;
    for (let ts = 1; ts <= 1000; ts += 1) offer(bus, message(ts));
    expect(frames).toHaveLength(0);
    state.ready = true;
    vi.advanceTimersByTime(200);
    const [frame] = frames;
    if (frame?.kind !== "messages") throw new Error("no messages");
    expect(frame.messages.at(-1)?.ts).toBe(1000);
    expect(frame.messages.length + frame.dropped).toBe(1000);
    expect(bus.dropped).toBe(frame.dropped);
  });

  it.each([
    ["its device", tenantId, "7", true],
    ["another device", tenantId, "8", false],
    ["another tenant", "22222222-2222-4222-8222-222222222222", "7", false],
  ])("messages of %s", (_, tenant, deviceKey, expected) => {
    const { bus, frames } = watch();
    offer(bus, message(1, deviceKey), tenant);
    expect(frames.length === 1).toBe(expected);
  });

  it("formats those messages of a busy device that are told, and no others", () => {
    const { bus, frames } = watch();
    let made = 0;
    for (let ts = 1; ts <= 10_000; ts += 1) {
      const make = () => {
        made += 1;
        return message(ts);
      };
      bus.watched(tenantId, 7n)?.offer({ count: 1, make });
    }
    expect(made).toBe(1);
    vi.advanceTimersByTime(100);
    const told = frames.flatMap((frame) => (frame.kind === "messages" ? frame.messages : []));
    expect(told.at(-1)).toMatchObject({ ts: 10_000 });
    expect(made).toBe(told.length);
    bus.watched(tenantId, 8n)?.offer({ count: 1, make: () => expect.unreachable() });
    vi.advanceTimersByTime(100);
  });

  it("numbers a message once for all who are told it", () => {
    const { bus, frames } = watch();
    const others: LiveFrame[] = [];
    bus.subscribe({ interest, isReady: () => true, send: (frame) => others.push(frame) });
    bus.watched(tenantId, 7n)?.offer({ count: 2, make: (index) => message(index) });
    expect(others).toEqual(frames);
    const [frame] = frames;
    if (frame?.kind !== "messages") throw new Error("no messages");
    const [first, second] = frame.messages;
    expect(second?.seq).toBeGreaterThan(first?.seq ?? Number.NaN);
  });

  it.each<[string, Partial<LiveInterest>, string, LiveEvent, boolean]>([
    [
      "a status of its device",
      {},
      tenantId,
      { kind: "status", deviceKey: "7", connected: true, at: 1, reason: null },
      true,
    ],
    [
      "a status of another",
      {},
      tenantId,
      { kind: "status", deviceKey: "8", connected: true, at: 1, reason: null },
      false,
    ],
    ["a refusal that it did not ask for", {}, tenantId, refusal(null), false],
    ["a refusal of its device", {}, tenantId, refusal("7"), true],
    ["any refusal when it asked", { refusals: true }, tenantId, refusal(null), true],
  ])("%s: %o", (_, more, tenant, frame, expected) => {
    const { bus, frames } = watch(more);
    bus.emit(tenant, frame);
    expect(frames.length === 1).toBe(expected);
  });

  it("forgets a viewer that left", () => {
    const { bus, frames, subscription } = watch();
    subscription.end();
    offer(bus, message(1));
    expect(frames).toHaveLength(0);
    expect(bus.viewers).toBe(0);
    expect(bus.watched(tenantId, 7n)).toBeUndefined();
  });
});

function refusal(deviceKey: string | null): LiveEvent {
  const words = { reason: "r", detail: "d", remedy: "m", remote: "x" };
  return { kind: "refusal", refusal: { at: 1, claimedId: "c", deviceKey, ...words } };
}
