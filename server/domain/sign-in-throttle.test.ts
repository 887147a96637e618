import { describe, expect, it } from "vitest";
import {
  admitAttempt,
  takeBack,
  type ThrottleKind,
  type ThrottleState,
} from "#server/domain/sign-in-throttle.ts";

const start = new Date("2026-11-23T08:00:00.000Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const fresh: ThrottleState = { failures: 0, retryAt: start, updatedAt: start };

describe("after a wrong password", () => {
  it.each<[ThrottleKind, number, number]>([
    ["account", 1, 0],
    ["account", 4, 0],
    ["account", 5, 1],
    ["account", 6, 2],
    ["account", 10, 32],
    ["account", 14, 512],
    ["account", 15, 900],
    ["account", 99, 900],
    ["account", 100, 86_400],
    ["account", 101, 86_400],
    ["prefix", 49, 0],
    ["prefix", 50, 1],
    ["prefix", 60, 900],
    ["prefix", 5000, 900],
  ])("the %s waits, failure %i: %i s", (kind, failures, seconds) => {
    const verdict = admitAttempt(kind, { ...fresh, failures: failures - 1 }, start);
    expect(verdict).toEqual({
      admitted: true,
      next: { failures, retryAt: after(seconds), updatedAt: start },
    });
  });

  it("an attempt within the wait is refused and says how long is left", () => {
    const held = { failures: 10, retryAt: after(32), updatedAt: start };
    expect(admitAttempt("account", held, after(10.5))).toEqual({
      admitted: false,
      retryAfterSeconds: 22,
    });
    expect(admitAttempt("account", held, after(32)).admitted).toBe(true);
  });

  it("two at the same moment, judged in another order than they came, are both looked at", () => {
    const first = admitAttempt("prefix", fresh, after(0.005));
    expect(first.admitted && admitAttempt("prefix", first.next, start).admitted).toBe(true);
  });

  it("a guess every second of a day is a hundred that are looked at", () => {
    let state = fresh;
    let admitted = 0;
    for (let second = 0; second < 86_400; second += 1) {
      const verdict = admitAttempt("account", state, after(second));
      if (!verdict.admitted) continue;
      admitted += 1;
      state = verdict.next;
    }
    expect(admitted).toBeLessThanOrEqual(101);
  });
});

describe("forgetting", () => {
  it("a network's failures end after an hour without an attempt, an account's do not", () => {
    const old = { failures: 60, retryAt: start, updatedAt: start };
    expect(admitAttempt("prefix", old, after(3600))).toMatchObject({ next: { failures: 1 } });
    expect(admitAttempt("prefix", old, after(3599))).toMatchObject({ next: { failures: 61 } });
    expect(admitAttempt("account", old, after(90_000))).toMatchObject({ next: { failures: 61 } });
  });

  it("a right password ends the account's row and takes one off the network's", () => {
    const state = { failures: 7, retryAt: after(4), updatedAt: start };
    expect(takeBack("account", state, after(1)).failures).toBe(0);
    expect(takeBack("prefix", state, after(1)).failures).toBe(6);
  });
});
