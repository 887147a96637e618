import { describe, expect, it } from "vitest";
import type { LiveMessage } from "#server/domain/live.ts";
import { keepNewest } from "#server/live/newest-messages.ts";

function message(deviceKey: string, ts: number): LiveMessage {
  return { deviceKey, ts, receivedAt: ts, topic: "t", outcome: "stored", values: {}, text: "" };
}

describe("messages that wait for a frame", () => {
  it("never push out a quiet device, and count what they pushed out of a busy one", () => {
    const newest = keepNewest<LiveMessage>();
    newest.add([message("quiet", 1)]);
    for (let ts = 0; ts < 5_000; ts += 1) newest.add([message("busy", ts)]);
    const { messages, missed, dropped } = newest.take();
    expect(messages.filter(({ deviceKey }) => deviceKey === "quiet")).toHaveLength(1);
    const busy = messages.filter(({ deviceKey }) => deviceKey === "busy");
    expect(busy.at(-1)?.ts).toBe(4_999);
    expect(missed).toEqual({ busy: 5_000 - busy.length });
    expect(dropped).toBe(5_000 - busy.length);
  });

  it("share a frame among a hundred devices, and keep one message of each of a thousand", () => {
    for (const [devices, each] of [
      [100, 2],
      [1_000, 1],
    ] as const) {
      const newest = keepNewest<LiveMessage>();
      for (let ts = 0; ts < 20; ts += 1) {
        for (let key = 0; key < devices; key += 1) newest.add([message(String(key), ts)]);
      }
      const { messages, dropped } = newest.take();
      expect(messages).toHaveLength(devices * each);
      expect(messages.every(({ ts }) => ts >= 20 - each)).toBe(true);
      expect(dropped).toBe(devices * (20 - each));
      expect(newest.dropped).toBe(dropped);
    }
  });

  it("add what was missed before to what is missed now", () => {
    const newest = keepNewest<LiveMessage>();
    newest.add([message("a", 1)], { a: 3 });
    expect(newest.take()).toMatchObject({ missed: { a: 3 }, dropped: 3 });
    expect(newest.isEmpty).toBe(true);
    expect(newest.dropped).toBe(0);
  });
});
