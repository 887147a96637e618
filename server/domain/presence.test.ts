import { describe, expect, it } from "vitest";
import { presenceOf, type Presence } from "#server/domain/presence.ts";

const now = new Date("2026-11-23T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

describe("presence of a device expected every 300 s", () => {
  const rows: readonly [
    what: string,
    state: "active" | "suspended" | "decommissioned",
    connected: boolean,
    lastContactAt: Date | null,
    presence: Presence,
  ][] = [
    ["connected", "active", true, ago(1), "online"],
    ["connected and quiet for a day", "active", true, ago(86_400), "online"],
    ["connected before its first message", "active", true, null, "online"],
    ["never connected", "active", false, null, "never_seen"],
    ["just disconnected", "active", false, ago(0), "idle"],
    ["heard from exactly at its expected time", "active", false, ago(300), "idle"],
    ["one millisecond overdue", "active", false, ago(300.001), "late"],
    ["overdue by exactly three times", "active", false, ago(900), "late"],
    ["overdue by more than three times", "active", false, ago(900.001), "silent"],
    ["contact in our future (clocks)", "active", false, ago(-60), "idle"],
    ["suspended while connected", "suspended", true, ago(1), "suspended"],
    ["suspended, never seen", "suspended", false, null, "suspended"],
    ["decommissioned", "decommissioned", false, ago(10), "decommissioned"],
  ];

  it.each(rows)("%s", (_what, state, connected, lastContactAt, presence) => {
    expect(presenceOf({ state, connected, lastContactAt, expectedContactSeconds: 300, now })).toBe(
      presence,
    );
  });
});
