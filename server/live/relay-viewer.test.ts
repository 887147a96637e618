import { describe, expect, it, vi } from "vitest";
import type { LiveFrame, LiveInterest, LiveMessage } from "#server/domain/live.ts";
import { gatherNews, openViewerOutlet } from "#server/live/relay-viewer.ts";

const tenantId = "11111111-1111-4111-8111-111111111111";

function message(deviceKey: string, ts: number): LiveMessage {
  return { deviceKey, ts, receivedAt: ts, topic: "t", outcome: "stored", values: {}, text: "é" };
}

function viewerOf(...asked: readonly (string | Partial<LiveInterest>)[]) {
  const events: Uint8Array[] = [];
  const state = { ready: true };
  const deviceKeys = asked.filter((one) => typeof one === "string");
  const more = asked.find((one) => typeof one !== "string");
  const outlet = openViewerOutlet({
    interest: { tenantId, deviceKeys, fleet: false, refusals: false, ...more },
    isReady: () => state.ready,
    write: (event) => events.push(event),
  });
  const frames = () =>
    events
      .flatMap((event) => new TextDecoder().decode(event).split("\n\n"))
      .filter((text) => text !== "")
      .map((text) => JSON.parse(text.slice("data: ".length)) as LiveFrame);
  return { outlet, state, events, frames };
}

describe("one viewer of a relay", () => {
  it("hears its devices only, with what it missed of them", () => {
    const { outlet, frames } = viewerOf("1", "2", "3");
    const messages = [message("1", 1), message("2", 2), message("9", 3)];
    outlet.tellNews(gatherNews({ messages, missed: { "2": 4, "9": 5 }, dropped: 9 }));
    expect(frames()).toEqual([
      { kind: "messages", messages: messages.slice(0, 2), dropped: 4, missed: { "2": 4 } },
    ]);
  });

  it("shares the bytes with everyone who watches the same device: they are written once", () => {
    const viewers = Array.from({ length: 1_000 }, () => viewerOf("1"));
    const stringify = vi.spyOn(JSON, "stringify");
    const messages = [message("1", 1), message("1", 2)];
    const news = gatherNews({ messages, missed: {}, dropped: 0 });
    for (const { outlet } of viewers) outlet.tellNews(news);
    expect(stringify).toHaveBeenCalledTimes(2);
    stringify.mockRestore();
    const [first, ...others] = viewers.map(({ events }) => events[0]);
    expect(others.every((event) => event === first)).toBe(true);
  });

  it("shares them among those who watch the same devices, in whatever order they named them", () => {
    const [one, same, other] = [viewerOf("1", "2"), viewerOf("2", "1"), viewerOf("1", "3")];
    const messages = [message("1", 1), message("2", 2), message("3", 3)];
    const news = gatherNews({ messages, missed: {}, dropped: 0 });
    for (const { outlet } of [one, same, other]) outlet.tellNews(news);
    expect(same.frames()).toEqual(one.frames());
    expect(same.events[0]).toBe(one.events[0]);
    expect(other.frames()).toEqual([
      { kind: "messages", messages: [messages[0], messages[2]], dropped: 0 },
    ]);
  });

  it("while slow keeps each device's newest, and is told it when it reads again", () => {
    const { outlet, state, frames } = viewerOf("1", "2");
    state.ready = false;
    outlet.tell({ kind: "status", deviceKey: "1", connected: true, at: 1, reason: null });
    for (let ts = 1; ts <= 1_000; ts += 1) {
      const messages = ts === 1 ? [message("1", ts), message("2", ts)] : [message("1", ts)];
      outlet.tellNews(gatherNews({ messages, missed: {}, dropped: 0 }));
    }
    outlet.flush();
    expect(frames()).toEqual([]);
    state.ready = true;
    outlet.flush();
    const [status, frame] = frames();
    expect(status?.kind).toBe("status");
    if (frame?.kind !== "messages") throw new Error("no messages");
    expect(frame.messages.filter(({ deviceKey }) => deviceKey === "2")).toHaveLength(1);
    expect(frame.messages.findLast(({ deviceKey }) => deviceKey === "1")?.ts).toBe(1_000);
    expect(frame.messages.length + frame.dropped).toBe(1_001);
  });

  it("writes counters and messages in one piece, and each viewer's part only", () => {
    const counters: LiveFrame = {
      kind: "fleet",
      fleet: {
        workerId: "w",
        at: 1,
        received: 4,
        stored: 3,
        refused: 1,
        connected: 2,
        ackP50Ms: null,
        ackP99Ms: null,
        lagMs: 0,
      },
    };
    const [both, onlyDevice] = [viewerOf({ fleet: true }, "1"), viewerOf("1")];
    const onlyFleet = viewerOf({ fleet: true }, "2");
    const messages = [message("1", 1)];
    const news = gatherNews({ messages, missed: {}, dropped: 0 }, [counters]);
    for (const { outlet } of [both, onlyDevice, onlyFleet]) outlet.tellNews(news);
    const told = { kind: "messages", messages, dropped: 0 };
    expect(both.events).toHaveLength(1);
    expect(both.frames()).toEqual([counters, told]);
    expect(onlyDevice.frames()).toEqual([told]);
    expect(onlyFleet.frames()).toEqual([counters]);
  });
});
