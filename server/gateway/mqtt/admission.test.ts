import { describe, expect, it } from "vitest";
import { createAdmission, type Place } from "#server/gateway/mqtt/admission.ts";
import { defaultBounds, type ListenerBounds } from "#server/gateway/mqtt/limits.ts";
import type { Refusal } from "#server/gateway/refusal.ts";

/** An admission whose clock stands still until it is set. */
function admissionOf(bounds: Partial<ListenerBounds>) {
  const clock = { now: 0 };
  const admit = createAdmission({ ...defaultBounds, ...bounds }, () => clock.now);
  const evicted: { readonly remote: string; readonly refusal: Refusal }[] = [];
  const arrive = (remote: string, open = 0) =>
    admit({ remote, open, evict: (refusal) => evicted.push({ remote, refusal }) });
  return { clock, evicted, arrive };
}

function placeOf(admission: ReturnType<ReturnType<typeof createAdmission>>): Place {
  if (admission.kind !== "serve") throw new Error(admission.refusal.detail);
  return admission.place;
}

describe("connections of one network that have not said who they are", () => {
  it("are bounded, and those of another network are served", () => {
    const { arrive } = admissionOf({ maxStrangersPerNetwork: 2 });
    arrive("192.0.2.1");
    arrive("192.0.2.2");

    expect(arrive("192.0.2.3")).toMatchObject({
      kind: "cut",
      refusal: {
        cause: "too-many-connections",
        detail: expect.stringContaining("2 connections from the network 192.0.2.0/24"),
      },
    });
    expect(arrive("198.51.100.1")).toMatchObject({ kind: "serve" });
  });

  it("count neither when they are identified nor when they have gone", () => {
    const { arrive } = admissionOf({ maxStrangersPerNetwork: 2 });
    const first = placeOf(arrive("2001:db8:1:200::1"));
    const second = placeOf(arrive("2001:db8:1:2ff::1"));
    expect(arrive("2001:db8:1:210::1")).toMatchObject({ kind: "cut" });

    first.identified();
    first.leave();
    expect(arrive("2001:db8:1:210::1")).toMatchObject({ kind: "serve" });
    expect(arrive("2001:db8:1:210::1")).toMatchObject({ kind: "cut" });
    second.leave();
    expect(arrive("2001:db8:1:210::1")).toMatchObject({ kind: "serve" });
  });

  it.each(["127.0.0.1", "127.8.0.1", "::1"])("are not counted from %s", (remote) => {
    const { arrive } = admissionOf({ maxStrangersPerNetwork: 1 });
    arrive(remote);
    expect(arrive(remote)).toMatchObject({ kind: "serve" });
  });
});

describe("the rate of one network", () => {
  it("is half of all, so that others get in; it is told in plain words", () => {
    const { arrive, clock } = admissionOf({ connectsPerSecond: 4 });
    const kinds = Array.from({ length: 5 }, () => arrive("192.0.2.1").kind);
    expect(kinds).toEqual(["serve", "serve", "serve", "serve", "tell"]);
    expect(arrive("192.0.2.77")).toMatchObject({
      refusal: {
        cause: "rate",
        detail: expect.stringContaining("More than 2 devices a second"),
      },
    });

    for (let more = 0; more < 4; more += 1) {
      expect(arrive("198.51.100.1")).toMatchObject({ kind: "serve" });
    }
    expect(arrive("203.0.113.1")).toMatchObject({
      refusal: { cause: "rate", detail: "More than 4 devices a second try to connect." },
    });
    clock.now = 1_000;
    expect(arrive("192.0.2.1")).toMatchObject({ kind: "serve" });
  });

  it("is that of all for this machine", () => {
    const { arrive } = admissionOf({ connectsPerSecond: 4 });
    for (let count = 0; count < 8; count += 1) {
      expect(arrive("127.0.0.1")).toMatchObject({ kind: "serve" });
    }
    expect(arrive("127.0.0.1")).toMatchObject({ kind: "tell" });
  });
});

describe("all connections that have not said who they are", () => {
  it("are bounded: the one that waited longest makes room for a newer one", () => {
    const { arrive, evicted } = admissionOf({ maxStrangers: 2 });
    placeOf(arrive("192.0.2.1")).identified();
    arrive("192.0.2.2");
    arrive("192.0.2.3");
    expect(evicted).toEqual([]);

    expect(arrive("192.0.2.4")).toMatchObject({ kind: "serve" });
    expect(evicted).toMatchObject([
      { remote: "192.0.2.2", refusal: { cause: "too-many-connections" } },
    ]);
  });
});
