import { describe, expect, it } from "vitest";
import { absoluteEnd, needsTouch, sessionState } from "#server/domain/session-life.ts";

const start = new Date("2026-11-23T08:00:00.000Z");
const after = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const fresh = {
  seenAt: start,
  absoluteAt: absoluteEnd(start),
  revokedAt: null,
  userDisabledAt: null,
};

describe("a session", () => {
  it.each([
    { name: "just begun", facts: {}, now: start, state: "live" },
    { name: "29 minutes without a request", facts: {}, now: after(29), state: "live" },
    { name: "30 minutes without a request", facts: {}, now: after(30), state: "idle" },
    { name: "used until the end", facts: { seenAt: after(719) }, now: after(719.9), state: "live" },
    { name: "12 hours old", facts: { seenAt: after(719) }, now: after(720), state: "expired" },
    { name: "revoked", facts: { revokedAt: after(1) }, now: after(1), state: "revoked" },
    { name: "of a disabled user", facts: { userDisabledAt: start }, now: start, state: "disabled" },
    {
      name: "revoked and idle",
      facts: { revokedAt: after(1) },
      now: after(900),
      state: "revoked",
    },
  ])("$name is $state", ({ facts, now, state }) => {
    expect(sessionState({ ...fresh, ...facts }, now)).toBe(state);
  });

  it("is touched at most once a minute", () => {
    expect(needsTouch(fresh, after(0.9))).toBe(false);
    expect(needsTouch(fresh, after(1))).toBe(true);
  });
});
