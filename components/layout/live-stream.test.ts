import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectionEvents, ConnectLive } from "#components/layout/live-connect.ts";
import { splitEvents } from "#components/layout/live-connect.ts";
import { createLiveStream, type LiveStanding } from "#components/layout/live-stream.ts";
import type { LiveWish } from "#components/layout/live-wish.ts";
import type { LiveFrame, LiveLine } from "#server/domain/live.ts";

/** The network edge: connections that the test speaks on. */
function network() {
  const opened: { wish: LiveWish; events: ConnectionEvents; isLeft: boolean }[] = [];
  const connect: ConnectLive = (wish, events) => {
    const connection = { wish, events, isLeft: false };
    opened.push(connection);
    return () => {
      connection.isLeft = true;
    };
  };
  const say = (index: number, ...lines: LiveLine[]) => {
    for (const line of lines) {
      const { events, isLeft } = opened[index]!;
      if (!isLeft) events.onLine(line, JSON.stringify(line));
    }
  };
  return { opened, connect, say };
}

function watch() {
  const net = network();
  const frames: LiveFrame[] = [];
  const ready: boolean[] = [];
  const standings: LiveStanding[] = [];
  const stream = createLiveStream(net.connect, {
    onFrame: (frame) => frames.push(frame),
    onReady: ({ isGap }) => ready.push(isGap),
    onStanding: (standing) => {
      if (standing.state !== standings.at(-1)?.state) standings.push(standing);
    },
  });
  const seqs = () =>
    frames.flatMap((frame) =>
      frame.kind === "messages" ? frame.messages.map(({ seq }) => seq) : [],
    );
  const states = () => standings.map(({ state }) => state);
  return { ...net, stream, frames, ready, seqs, states, standings };
}

const hello: LiveLine = { kind: "hello", at: 1 };
const devices: LiveLine = { kind: "devices", keys: { a: "1", b: "2" } };

function messages(...seqs: number[]): LiveLine {
  return {
    kind: "messages",
    dropped: 0,
    messages: seqs.map((seq) => ({
      deviceKey: "1",
      ts: 5,
      receivedAt: 5,
      topic: "t",
      outcome: "stored" as const,
      values: {},
      text: "",
      seq,
    })),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a live stream", () => {
  it("opens the new connection before it closes the old one, and tells once what both tell", () => {
    const { opened, stream, say, seqs, ready } = watch();
    stream.follow({ devices: ["a"] });
    say(0, devices, hello, messages(1));
    stream.follow({ devices: ["a", "b"] });
    say(0, messages(2));
    say(1, devices, messages(2, 3));
    say(0, messages(3));
    say(1, hello);
    expect(opened.map(({ isLeft }) => isLeft)).toEqual([false, false]);
    say(0, messages(4));
    say(1, messages(4, 5));
    vi.advanceTimersByTime(400);
    expect(opened.map(({ isLeft }) => isLeft)).toEqual([true, false]);
    say(1, messages(5, 6));
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
    // First after what may be missed, then without a gap.
    expect(ready).toEqual([true, false]);
  });

  it("gives back what is not wished for any more only after a while", () => {
    const { opened, stream, say, ready } = watch();
    stream.follow({ devices: ["a", "b"] });
    say(0, devices, hello);
    stream.follow({ devices: ["a"] });
    stream.follow({ devices: ["a", "b"] });
    expect(opened).toHaveLength(1);
    expect(ready).toEqual([true, false, false]);
    stream.follow({ devices: ["a"] });
    vi.advanceTimersByTime(10_000);
    expect(opened.map(({ wish }) => wish.devices)).toEqual([["a", "b"], ["a"]]);
    stream.follow({});
    expect(opened.every(({ isLeft }) => isLeft)).toBe(true);
  });

  it("is off after a loss, comes back with growing pauses, and says that there is a gap", () => {
    const { opened, stream, say, states, ready } = watch();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    stream.follow({ fleet: true });
    say(0, hello, messages(1));
    opened[0]!.events.onEnd({ kind: "lost" });
    expect(states()).toEqual(["live", "off"]);
    vi.advanceTimersByTime(500);
    opened[1]!.events.onEnd({ kind: "lost" });
    vi.advanceTimersByTime(999);
    expect(opened).toHaveLength(2);
    vi.advanceTimersByTime(1);
    say(2, hello, messages(2));
    expect(states()).toEqual(["live", "off", "live"]);
    expect(ready).toEqual([true, true]);
    vi.restoreAllMocks();
  });

  it("is silent while no worker says anything, and finds a connection that died unseen", () => {
    const { opened, stream, say, states } = watch();
    stream.follow({ fleet: true });
    say(0, hello);
    vi.advanceTimersByTime(5_000);
    expect(states()).toEqual(["silent"]);
    vi.advanceTimersByTime(40_000);
    expect(opened[0]!.isLeft).toBe(true);
    expect(states()).toEqual(["silent", "off"]);
  });

  it("after a day asleep leaves the old connection, and says that there is a gap", () => {
    const { opened, stream, say, ready, states } = watch();
    stream.follow({ devices: ["a"] });
    say(0, devices, hello, messages(1));
    vi.setSystemTime(Date.now() + 86_400_000);
    vi.advanceTimersByTime(6_000);
    expect(opened.map(({ isLeft }) => isLeft)).toEqual([true, false]);
    say(1, devices, hello, messages(9));
    expect(ready).toEqual([true, true]);
    expect(states().slice(-2)).toEqual(["off", "live"]);
  });

  it("says why it was refused, and tries at once when something else is wished for", () => {
    const { opened, stream, say, standings, states } = watch();
    stream.follow({ devices: ["a"] });
    opened[0]!.events.onEnd({ kind: "refused", why: "Too many." });
    expect(standings.at(-1)).toEqual({ state: "off", why: "Too many." });
    vi.advanceTimersByTime(10_000);
    expect(opened).toHaveLength(1);
    stream.follow({ devices: ["b"] });
    say(1, hello, messages(1));
    expect(states()).toEqual(["off", "live"]);
  });

  it("does not come back when the session has ended", () => {
    const { opened, stream, say, states } = watch();
    stream.follow({ fleet: true });
    say(0, hello, { kind: "ended" });
    stream.follow({ devices: ["a"] });
    vi.advanceTimersByTime(60_000);
    expect(opened).toHaveLength(1);
    expect(states()).toEqual(["ended"]);
  });
});

describe("server-sent events", () => {
  it("are cut at empty lines wherever the pieces end; comments are none", () => {
    const cut = splitEvents();
    expect(['data: {"a":', "1}\n", "\n: alive\n\ndata: 2\n\nda", "ta: 3\n\n"].map(cut)).toEqual([
      [],
      [],
      ['{"a":1}', "2"],
      ["3"],
    ]);
  });
});
