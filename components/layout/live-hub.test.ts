import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLiveHub, liveUrl } from "#components/layout/live-hub.ts";
import type { LiveFrame } from "#server/domain/live.ts";

/** The network edge: what the browser's EventSource does as far as the hub looks at it. */
class FakeSource extends EventTarget {
  static opened: FakeSource[] = [];
  readonly url: string;
  closed = false;
  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.opened.push(this);
  }
  close() {
    this.closed = true;
  }
  say(frame: LiveFrame) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }
}

const hello: LiveFrame = { kind: "hello", at: 1 };
const messages: LiveFrame = { kind: "messages", messages: [], dropped: 0 };

function newHub() {
  return createLiveHub((url) => new FakeSource(url) as unknown as EventSource);
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.opened = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the page's live connection", () => {
  it("asks in one address for everything the parts of the page wish", () => {
    expect(
      liveUrl([{ fleet: true }, { devices: ["b", "a"] }, { devices: ["a"], refusals: true }]),
    ).toBe("/api/console/live?devices=a%2Cb&fleet=1&refusals=1");
  });

  it("opens once for several parts and gives each every frame", () => {
    const hub = newHub();
    const heard: string[] = [];
    hub.subscribe({ fleet: true }, (frame) => heard.push(`a:${frame.kind}`));
    hub.subscribe({ devices: ["x"] }, (frame) => heard.push(`b:${frame.kind}`));
    vi.advanceTimersByTime(0);
    FakeSource.opened[0]!.say(messages);
    expect(FakeSource.opened).toHaveLength(1);
    expect(heard).toEqual(["a:messages", "b:messages"]);
    expect(hub.state()).toBe("live");
  });

  it("opens anew when a part wishes for more, and closes when nobody listens", () => {
    const hub = newHub();
    const leave = hub.subscribe({ fleet: true }, () => undefined);
    vi.advanceTimersByTime(0);
    const leaveToo = hub.subscribe({ devices: ["x"] }, () => undefined);
    vi.advanceTimersByTime(0);
    expect(FakeSource.opened.map((source) => source.closed)).toEqual([true, false]);
    leave();
    leaveToo();
    vi.advanceTimersByTime(0);
    expect(FakeSource.opened.every((source) => source.closed)).toBe(true);
  });

  it("is silent, not live, while no worker says anything", () => {
    const hub = newHub();
    hub.subscribe({ fleet: true }, () => undefined);
    vi.advanceTimersByTime(0);
    FakeSource.opened[0]!.dispatchEvent(new Event("open"));
    FakeSource.opened[0]!.say(hello);
    expect(hub.state()).toBe("connecting");
    vi.advanceTimersByTime(5_000);
    expect(hub.state()).toBe("silent");
    FakeSource.opened[0]!.say(messages);
    expect(hub.state()).toBe("live");
    vi.advanceTimersByTime(5_000);
    expect(hub.state()).toBe("silent");
  });

  it("says that it is off after a loss, and tries again", () => {
    const hub = newHub();
    hub.subscribe({ fleet: true }, () => undefined);
    vi.advanceTimersByTime(0);
    FakeSource.opened[0]!.say(messages);
    FakeSource.opened[0]!.dispatchEvent(new Event("error"));
    expect(hub.state()).toBe("off");
    vi.advanceTimersByTime(700);
    expect(FakeSource.opened).toHaveLength(2);
    FakeSource.opened[1]!.say(messages);
    expect(hub.state()).toBe("live");
  });
});
