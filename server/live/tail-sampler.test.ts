import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveFrame, LiveTailFilter, LiveTailMessage } from "#server/domain/live.ts";
import { createLiveBus } from "#server/live/bus.ts";
import { sampleTail, tailPerSecond, type TailSubject } from "#server/live/tail-sampler.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type TailFrame = Extract<LiveFrame, { readonly kind: "tail" }>;

const subject: TailSubject = {
  deviceKey: 7n,
  profileId: "11111111-1111-4111-8111-111111111111",
  outcome: "stored",
  topic: "qs/v1/d/pump/up/telemetry",
  payload: Buffer.from('{"level":1}'),
};
function shown(n: number): LiveTailMessage {
  return {
    deviceKey: "7",
    sender: "pump",
    profileId: null,
    receivedAt: n,
    transport: "mqtts",
    qos: 1,
    topic: subject.topic,
    outcome: "stored",
    reason: null,
    detail: null,
    id: null,
    contentType: null,
    size: 11,
    payload: { as: "text", content: '{"level":1}', isCut: false },
  };
}

function watch(filter: LiveTailFilter = {}) {
  const frames: TailFrame[] = [];
  const state = { ready: true, made: 0 };
  const sampler = sampleTail({
    filter,
    isReady: () => state.ready,
    send: (frame) => {
      if (frame.kind === "tail") frames.push(frame);
    },
    clock: () => Date.now(),
    random: Math.random,
  });
  const offer = (n: number, more: Partial<TailSubject> = {}) =>
    sampler.offer({ ...subject, ...more }, () => {
      state.made += 1;
      return shown(n);
    });
  const messages = () => frames.flatMap((frame) => frame.messages);
  const sum = (what: "matched" | "unsearched") =>
    frames.reduce((total, frame) => total + frame[what], 0);
  return { frames, state, sampler, offer, messages, sum };
}

describe("a live tail", () => {
  it("shows everything in its order while it is little, within a tenth of a second", () => {
    const { offer, messages, sum } = watch();
    for (let n = 1; n <= 20; n += 1) offer(n);
    vi.advanceTimersByTime(100);
    expect(messages().map(({ receivedAt }) => receivedAt)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    expect(sum("matched")).toBe(20);
  });

  it("shows a sample of a flood, formats no more than that, and says how many it stands for", () => {
    const { offer, messages, sum, state } = watch();
    for (let ms = 0; ms < 1000; ms += 1) {
      for (let each = 0; each < 20; each += 1) offer(ms * 20 + each);
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(100);
    expect(sum("matched")).toBe(20_000);
    expect(messages().length).toBeLessThanOrEqual(tailPerSecond + 3);
    expect(messages().length).toBeGreaterThan(tailPerSecond / 2);
    expect(state.made).toBe(messages().length);
    const times = messages().map(({ receivedAt }) => receivedAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Evenly: the second half is seen as well.
    expect(times.some((n) => n > 10_000)).toBe(true);
  });

  it.each<[string, LiveTailFilter, Partial<TailSubject>, boolean]>([
    ["its device", { deviceKey: "7" }, {}, true],
    ["another device", { deviceKey: "8" }, {}, false],
    [
      "a service client's, when a device is asked for",
      { deviceKey: "7" },
      { deviceKey: undefined },
      false,
    ],
    ["another profile", { profileId: "22222222-2222-4222-8222-222222222222" }, {}, false],
    ["its outcome", { outcome: "dead_lettered" }, { outcome: "dead_lettered" }, true],
    ["another outcome", { outcome: "dead_lettered" }, {}, false],
    ["its topic", { topic: "qs/v1/d/+/up/#" }, {}, true],
    ["another topic", { topic: "qs/v1/d/+/up/state" }, {}, false],
    ["its text", { text: '"level"' }, {}, true],
    ["another text", { text: "pressure" }, {}, false],
  ])("filters: %s", (_, filter, more, expected) => {
    const { offer, messages } = watch(filter);
    offer(1, more);
    vi.advanceTimersByTime(100);
    expect(messages().length === 1).toBe(expected);
  });

  it("searches a bounded number of payloads for text and counts the rest", () => {
    const { offer, sum } = watch({ text: "nowhere" });
    for (let n = 0; n < 10_000; n += 1) offer(n);
    vi.advanceTimersByTime(100);
    expect(sum("unsearched")).toBe(8000);
    expect(sum("matched")).toBe(0);
  });

  it("holds a sample for a viewer who cannot take more, and loses no count", () => {
    const { offer, frames, state, sum } = watch();
    state.ready = false;
    for (let n = 0; n < 500; n += 1) {
      offer(n);
      vi.advanceTimersByTime(2);
    }
    expect(frames).toHaveLength(0);
    state.ready = true;
    vi.advanceTimersByTime(200);
    expect(sum("matched")).toBe(500);
  });
});

describe("the bus of tails", () => {
  const tenantId = "11111111-1111-4111-8111-111111111111";
  const interest = { tenantId, deviceKeys: [], fleet: false, refusals: false };

  it("wants nothing until somebody watches, only of that tenant, and nothing afterwards", () => {
    const bus = createLiveBus(() => Date.now());
    const frames: LiveFrame[] = [];
    expect(bus.wantsTail(tenantId)).toBe(false);
    const subscription = bus.subscribe({
      interest: { ...interest, tail: {} },
      isReady: () => true,
      send: (frame) => frames.push(frame),
    });
    expect(bus.wantsTail(tenantId)).toBe(true);
    expect(bus.wantsTail("22222222-2222-4222-8222-222222222222")).toBe(false);
    bus.offerTail(tenantId, subject, () => shown(1));
    vi.advanceTimersByTime(100);
    expect(frames).toMatchObject([{ kind: "tail", matched: 1, messages: [{ receivedAt: 1 }] }]);
    subscription.end();
    expect(bus.wantsTail(tenantId)).toBe(false);
  });

  it("formats a message once for two viewers", () => {
    const bus = createLiveBus(() => Date.now());
    const viewer = { isReady: () => true, send: () => undefined };
    bus.subscribe({ interest: { ...interest, tail: {} }, ...viewer });
    bus.subscribe({ interest: { ...interest, tail: {} }, ...viewer });
    let made = 0;
    bus.offerTail(tenantId, subject, () => {
      made += 1;
      return shown(1);
    });
    vi.advanceTimersByTime(100);
    expect(made).toBe(1);
    bus.stop();
  });
});
