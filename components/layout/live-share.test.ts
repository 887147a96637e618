import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLiveHub } from "#components/layout/live-hub.ts";
import { createSharedLink, type TabSharing } from "#components/layout/live-share.ts";
import type { LinkEvents, LiveState } from "#components/layout/live-stream.ts";
import type { LiveWish } from "#components/layout/live-wish.ts";
import type { LiveFrame } from "#server/domain/live.ts";

/** A browser: one lock, channels by name, and the streams that its tabs have opened. */
function browser() {
  const channels = new Map<string, Set<(message: unknown) => void>>();
  const queue: { onHeld: () => void; onTaken: () => void; isGone: () => boolean }[] = [];
  let holder: (typeof queue)[number] | undefined;
  const asleep = new Set<string>();
  const grant = () => {
    while (holder === undefined) {
      const next = queue.shift();
      if (next === undefined) return;
      if (next.isGone()) continue;
      holder = next;
      next.onHeld();
    }
  };
  const sharingOf = (tab: string): TabSharing => ({
    hold: ({ isNow, onHeld, onTaken, signal }) => {
      const one = { onHeld, onTaken, isGone: () => signal.aborted };
      if (isNow) {
        const before = holder;
        holder = one;
        before?.onTaken();
        onHeld();
      } else queue.push(one);
      signal.addEventListener("abort", () => {
        if (holder !== one) return;
        holder = undefined;
        grant();
      });
      grant();
    },
    open: (name, onMessage) => {
      const members = channels.get(name) ?? new Set();
      channels.set(name, members);
      const member = (message: unknown) => {
        if (!asleep.has(tab)) onMessage(message);
      };
      members.add(member);
      return {
        post: (message) => {
          if (asleep.has(tab)) return;
          for (const other of members) if (other !== member) other(structuredClone(message));
        },
        close: () => members.delete(member),
      };
    },
  });
  return { sharingOf, asleep, streams: streamsOf() };
}

/** Streams that are ready as soon as they are asked for anything. */
function streamsOf() {
  const opened: { tab: string; wish: LiveWish; events: LinkEvents; isStopped: boolean }[] = [];
  const open = (tab: string) => (events: LinkEvents) => {
    const stream = { tab, wish: {} as LiveWish, events, isStopped: false };
    opened.push(stream);
    return {
      follow: (wish: LiveWish) => {
        stream.wish = wish;
        const keys = Object.fromEntries((wish.devices ?? []).map((id) => [id, `${id}-key`]));
        events.onReady({ keys, isGap: false });
      },
      end: () => undefined,
      stop: () => {
        stream.isStopped = true;
      },
    };
  };
  return { opened, open, running: () => opened.filter(({ isStopped }) => !isStopped) };
}

function openTab({ sharingOf, streams }: ReturnType<typeof browser>, tab: string) {
  const sight = { isHidden: false, listener: () => undefined as void };
  const sharing = sharingOf(tab);
  const openStream = streams.open(tab);
  const hub = createLiveHub({
    shared: (events) => createSharedLink({ name: "live", tab, sharing, openStream }, events),
    own: streams.open(`${tab}'s tail`),
    sight: {
      isHidden: () => sight.isHidden,
      onChange: (listener) => {
        sight.listener = listener;
        return () => undefined;
      },
    },
  });
  const close = hub.start();
  const look = (isHidden: boolean) => {
    sight.isHidden = isHidden;
    sight.listener();
  };
  const heard: string[] = [];
  const watch = (wish: LiveWish) =>
    hub.subscribe(wish, (frame) =>
      heard.push(frame.kind === "status" ? frame.deviceKey : frame.kind),
    );
  return { hub, close, look, heard, watch, state: (): LiveState => hub.standing().state };
}

const status = (deviceKey: string): LiveFrame => ({
  kind: "status",
  deviceKey,
  connected: true,
  at: 1,
  reason: null,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the tabs of one browser", () => {
  it("share one stream; each hears what it wishes for and nothing else", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    two.watch({ devices: ["b"], fleet: true });
    vi.advanceTimersByTime(50);
    const [stream, ...more] = place.streams.running();
    expect(more).toEqual([]);
    expect(stream).toMatchObject({ tab: "one", wish: { devices: ["a", "b"], fleet: true } });
    for (const key of ["a-key", "b-key", "c-key"]) stream!.events.onFrame(status(key));
    stream!.events.onStanding({ state: "live" });
    expect(one.heard).toEqual(["hello", "a-key"]);
    expect(two.heard).toEqual(["hello", "b-key"]);
    expect([one.state(), two.state()]).toEqual(["live", "live"]);
  });

  it("tell a part that comes later to read what it missed, and not the others again", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    vi.advanceTimersByTime(50);
    two.watch({ devices: ["a"] });
    vi.advanceTimersByTime(50);
    two.watch({ devices: ["b"] });
    vi.advanceTimersByTime(50);
    expect(one.heard).toEqual(["hello"]);
    expect(two.heard).toEqual(["hello", "hello"]);
    place.streams.running()[0]!.events.onReady({ keys: {}, isGap: true });
    expect(one.heard).toEqual(["hello", "hello"]);
    expect(two.heard).toHaveLength(4);
  });

  it("go on when the one that leads is closed, and read what they missed meanwhile", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    two.watch({ devices: ["b"] });
    vi.advanceTimersByTime(50);
    one.close();
    vi.advanceTimersByTime(50);
    expect(place.streams.running()).toMatchObject([{ tab: "two", wish: { devices: ["b"] } }]);
    expect(two.heard).toEqual(["hello", "hello"]);
  });

  it("take the lead from one that is asleep, and give it back to nobody when it wakes", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    two.watch({ devices: ["b"] });
    vi.advanceTimersByTime(50);
    place.asleep.add("one");
    vi.advanceTimersByTime(5_000);
    place.asleep.delete("one");
    vi.advanceTimersByTime(10_000);
    expect(place.streams.running()).toMatchObject([{ tab: "two", wish: { devices: ["a", "b"] } }]);
    expect(two.heard).toEqual(["hello", "hello"]);
    expect(one.heard).toEqual(["hello", "hello"]);
  });

  it("are served again after a day in which the machine slept", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    two.watch({ devices: ["b"] });
    vi.advanceTimersByTime(50);
    vi.setSystemTime(Date.now() + 86_400_000);
    vi.advanceTimersByTime(10_000);
    const [stream, ...more] = place.streams.running();
    expect(more).toEqual([]);
    expect(stream!.wish.devices).toEqual(["a", "b"]);
    stream!.events.onReady({ keys: { a: "a-key", b: "b-key" }, isGap: true });
    for (const key of ["a-key", "b-key"]) stream!.events.onFrame(status(key));
    expect(one.heard.slice(-2)).toEqual(["hello", "a-key"]);
    expect(two.heard.slice(-2)).toEqual(["hello", "b-key"]);
  });

  it("get nothing while nobody sees them, and read once what they missed when somebody does", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    two.watch({ devices: ["b"] });
    vi.advanceTimersByTime(50);
    two.look(true);
    vi.advanceTimersByTime(60_000);
    const [stream] = place.streams.running();
    expect(stream!.wish.devices).toEqual(["a"]);
    for (let count = 0; count < 1_000; count += 1) stream!.events.onFrame(status("b-key"));
    two.look(false);
    vi.advanceTimersByTime(50);
    expect(two.heard).toEqual(["hello", "hello"]);
    expect(stream!.wish.devices).toEqual(["a", "b"]);
  });

  it("give back what a tab wished for that ended without a word", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    one.watch({ devices: ["a"] });
    two.watch({ devices: ["b"] });
    vi.advanceTimersByTime(50);
    place.asleep.add("two");
    two.close();
    vi.advanceTimersByTime(30_000);
    expect(place.streams.running()[0]!.wish.devices).toEqual(["a"]);
  });

  it("say so where one asks for more than a browser may follow, and serve the others", () => {
    const place = browser();
    const one = openTab(place, "one");
    const two = openTab(place, "two");
    const leave = one.watch({ devices: Array.from({ length: 450 }, (_, index) => `a${index}`) });
    vi.advanceTimersByTime(50);
    two.watch({ devices: Array.from({ length: 100 }, (_, index) => `b${index}`) });
    vi.advanceTimersByTime(50);
    expect(two.state()).toBe("crowded");
    expect(two.heard).toEqual([]);
    leave();
    vi.advanceTimersByTime(50);
    expect(two.heard).toEqual(["hello"]);
  });

  it("all end when one signs out", () => {
    const place = browser();
    const tabs = ["one", "two", "three"].map((name) => openTab(place, name));
    for (const tab of tabs) tab.watch({ fleet: true });
    vi.advanceTimersByTime(50);
    tabs[1]!.hub.end();
    expect(tabs.map((tab) => tab.state())).toEqual(["ended", "ended", "ended"]);
    vi.advanceTimersByTime(60_000);
    expect(place.streams.running()).toEqual([]);
  });

  it("keep a live tail to themselves: each has a sample of its own", () => {
    const place = browser();
    const one = openTab(place, "one");
    const tail = { opening: "o", device: "", profile: "", outcome: "", topic: "", text: "" };
    one.watch({ tail });
    vi.advanceTimersByTime(50);
    expect(place.streams.running()).toMatchObject([{ tab: "one's tail", wish: { tail } }]);
  });
});
