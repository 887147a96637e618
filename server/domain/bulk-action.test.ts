import { describe, expect, it } from "vitest";
import {
  bulkCapability,
  bulkKinds,
  bulkVerdict,
  type BulkKind,
} from "#server/domain/bulk-action.ts";
import { bulkActionSchema } from "#server/domain/bulk-action-schema.ts";
import type { DeviceState } from "#server/domain/device-state.ts";
import { grants } from "#server/domain/roles.ts";
import { paceOf } from "#server/domain/work-pace.ts";

describe("a bulk action", () => {
  const cases: readonly (readonly [BulkKind, Record<DeviceState | "gone", string>])[] = [
    [
      "add_tags",
      {
        active: "apply",
        suspended: "apply",
        quarantined: "apply",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "remove_tags",
      {
        active: "apply",
        suspended: "apply",
        quarantined: "apply",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "set_place",
      {
        active: "apply",
        suspended: "apply",
        quarantined: "apply",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "set_profile",
      {
        active: "apply",
        suspended: "apply",
        quarantined: "apply",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "quarantine",
      {
        active: "apply",
        suspended: "skipped",
        quarantined: "unchanged",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "approve",
      {
        active: "unchanged",
        suspended: "unchanged",
        quarantined: "apply",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "suspend",
      {
        active: "apply",
        suspended: "unchanged",
        quarantined: "apply",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "resume",
      {
        active: "unchanged",
        suspended: "apply",
        quarantined: "unchanged",
        decommissioned: "skipped",
        gone: "skipped",
      },
    ],
    [
      "decommission",
      {
        active: "apply",
        suspended: "apply",
        quarantined: "apply",
        decommissioned: "unchanged",
        gone: "skipped",
      },
    ],
  ];

  it.each(cases)("%s is judged by the device's state", (kind, expected) => {
    const judged = Object.fromEntries(
      (["active", "suspended", "quarantined", "decommissioned", "gone"] as const).map((state) => [
        state,
        bulkVerdict({ kind }, state === "gone" ? undefined : state).result,
      ]),
    );
    expect(judged).toEqual(expected);
  });

  it("needs what changing one device needs", () => {
    const allowed = (role: "viewer" | "operator" | "auditor") =>
      bulkKinds.filter((kind) => grants[role].includes(bulkCapability({ kind })));
    expect(allowed("viewer")).toEqual([]);
    expect(allowed("auditor")).toEqual([]);
    expect(allowed("operator")).toEqual(["add_tags", "remove_tags", "set_place", "approve"]);
  });

  it.each([
    [{ kind: "add_tags", tags: [] }],
    [{ kind: "add_tags", tags: ["two words"] }],
    [{ kind: "add_tags", tags: Array.from({ length: 11 }, (_, n) => `t${n}`) }],
    [{ kind: "set_profile", profileId: "generic" }],
    [{ kind: "set_place", place: "two\nlines" }],
    [{ kind: "paint" }],
  ])("is refused as %j", (action) => {
    expect(bulkActionSchema.safeParse(action).success).toBe(false);
  });

  it("names a tag once", () => {
    expect(bulkActionSchema.parse({ kind: "add_tags", tags: ["a", "a "] })).toMatchObject({
      tags: ["a"],
    });
  });
});

describe("the pace of work", () => {
  const startedAt = new Date("2026-03-01T12:00:00Z");
  const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000);
  const work = { state: "running" as const, startedAt, done: 50, total: 200 };

  it.each([
    ["while it runs", work, 10, { perSecond: 5, secondsLeft: 30 }],
    ["not in its first second", work, 0.5, { perSecond: null, secondsLeft: null }],
    [
      "not before anything is done",
      { ...work, done: 0 },
      10,
      { perSecond: null, secondsLeft: null },
    ],
    [
      "not when it waits",
      { ...work, state: "queued" as const, startedAt: null },
      10,
      { perSecond: null, secondsLeft: null },
    ],
    [
      "not when it has ended",
      { ...work, state: "done" as const },
      10,
      { perSecond: null, secondsLeft: null },
    ],
    [
      "without a time below nothing",
      { ...work, done: 201 },
      10,
      { perSecond: 20.1, secondsLeft: 0 },
    ],
  ])("is known %s", (_, given, seconds, expected) => {
    expect(paceOf(given, at(seconds))).toEqual(expected);
  });
});
