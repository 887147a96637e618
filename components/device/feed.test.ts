import { describe, expect, it } from "vitest";
import {
  hearMessages,
  hearStored,
  joinPoints,
  knownUntil,
  startFeed,
  type StoredMessage,
} from "#components/device/feed.ts";
import type { LiveMessage } from "#server/domain/live.ts";

function message(ts: number, values: LiveMessage["values"]): LiveMessage {
  return {
    deviceKey: "1",
    ts,
    receivedAt: ts,
    topic: "qs/v1/d/a/up/telemetry",
    outcome: "stored",
    values,
    text: "{}",
  };
}

describe("the feed of a device", () => {
  it("keeps the newest value of each field, whatever order they come in", () => {
    const feed = hearMessages(
      startFeed({ t: { v: 1, t: 50 } }, []),
      [message(100, { t: 3, on: true }), message(90, { t: 2 })],
      0,
    );

    expect(feed.latest).toEqual({ t: { v: 3, t: 100 }, on: { v: true, t: 100 } });
  });

  it("draws back-fill at its own time and replaces a value of the same instant", () => {
    const first = hearMessages(
      startFeed({}, []),
      [message(100, { t: 3 }), message(300, { t: 5 })],
      0,
    );
    const feed = hearMessages(first, [message(200, { t: 4 }), message(300, { t: 6 })], 0);

    expect(feed.points["t"]).toEqual([
      { t: 100, v: 3 },
      { t: 200, v: 4 },
      { t: 300, v: 6 },
    ]);
  });

  it("draws switches as 0 and 1 and leaves text out of the chart", () => {
    const feed = hearMessages(startFeed({}, []), [message(1, { on: false, mode: "eco" })], 0);

    expect(feed.points).toEqual({ on: [{ t: 1, v: 0 }] });
    expect(feed.latest["mode"]).toEqual({ v: "eco", t: 1 });
  });

  it("shows messages newest first and counts what was left out", () => {
    const feed = hearMessages(startFeed({}, []), [message(1, {}), message(2, {})], 7);

    expect(feed.messages.map(({ n, receivedAt }) => [n, receivedAt])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    expect(feed.messages[0]?.channel).toBe("telemetry");
    expect(feed.dropped).toBe(7);
  });
});

describe("the opening of the stream", () => {
  const stored = (receivedAt: number, value: number): StoredMessage => ({
    ts: receivedAt,
    receivedAt,
    outcome: "stored",
    channel: "telemetry",
    text: String(value),
    values: { t: value },
  });

  it("brings what came between the page's rendering and the stream, in its place", () => {
    const rendered = startFeed({ t: { v: 1, t: 100 } }, [stored(100, 1)]);
    const since = knownUntil(rendered);
    const live = hearMessages(rendered, [message(300.4, { t: 3 })], 0);

    const feed = hearStored(live, [stored(300, 3), stored(200, 2), stored(100, 1)], since);

    expect(feed.messages.map(({ receivedAt }) => receivedAt)).toEqual([300.4, 200, 100]);
    expect(new Set(feed.messages.map(({ n }) => n)).size).toBe(3);
    expect(feed.latest["t"]).toEqual({ v: 3, t: 300.4 });
  });

  it("changes nothing when nothing was missed", () => {
    const feed = startFeed({}, [stored(100, 1)]);

    expect(hearStored(feed, [stored(100, 1)], knownUntil(feed))).toBe(feed);
  });
});

it("joins history with what came after it, within the range", () => {
  const history = [
    { t: 10, v: 1 },
    { t: 20, v: 2 },
  ];
  const live = [
    { t: 20, v: 9 },
    { t: 30, v: 3 },
    { t: 99, v: 4 },
  ];

  expect(joinPoints(history, live, { from: 15, to: 50, gapMs: 10 })).toEqual([
    { t: 20, v: 2 },
    { t: 30, v: 3 },
  ]);
});

it("breaks the line where the device said nothing for longer than the gap", () => {
  const points = [
    { t: 10, v: 1 },
    { t: 20, v: 2 },
    { t: 41, v: 3 },
  ];

  expect(joinPoints(points, [], { from: 0, to: 50, gapMs: 20 })).toEqual([
    { t: 10, v: 1 },
    { t: 20, v: 2 },
    { t: 21, v: null },
    { t: 41, v: 3 },
  ]);
});
