import { describe, expect, test } from "vitest";
import { release } from "#server/domain/certificate-hold.ts";

const now = new Date("2026-11-27T12:00:00Z");
const later = new Date("2026-12-27T12:00:00Z");
const before = new Date("2026-10-27T12:00:00Z");
const other = (state: string, notAfter = later) => ({ state, notAfter });

describe("a certificate comes back from its hold", () => {
  test.each([
    ["never used, alone", null, [], { state: "issued" }],
    ["never used, beside the one in use", null, [other("active")], { state: "issued" }],
    ["used, alone", before, [], { state: "active" }],
    ["used, and another took its place", before, [other("active")], { state: "superseded" }],
    ["used, and another waits for its first use", before, [other("issued")], { state: "active" }],
    ["used, and the other has expired", before, [other("active", before)], { state: "active" }],
    [
      "beside some that let nobody in",
      before,
      [other("revoked"), other("retired"), other("suspended")],
      { state: "active" },
    ],
    [
      "beside two that may be used",
      before,
      [other("active"), other("issued")],
      { problem: "too-many" },
    ],
    [
      "beside two of which one has expired",
      before,
      [other("active"), other("superseded", before)],
      { state: "superseded" },
    ],
  ])("%s", (_, activatedAt, others, expected) => {
    expect(release({ activatedAt, notAfter: later, others }, now)).toEqual(expected);
  });

  test("but not after its end", () => {
    expect(release({ activatedAt: before, notAfter: now, others: [] }, now)).toEqual({
      problem: "expired",
    });
  });
});
