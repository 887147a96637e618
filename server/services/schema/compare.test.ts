import { describe, expect, it } from "vitest";
import {
  forbiddenBy,
  readCompatibility,
  strictestOf,
  toCompatibilityView,
} from "#server/services/schema/compare.ts";
import type { SchemaChange } from "#server/services/schema/view.ts";

const change = (breaks: SchemaChange["breaks"]): SchemaChange => ({
  path: "/a",
  kind: breaks,
  message: breaks,
  breaks,
});
const changes = [change("both"), change("backward"), change("forward"), change("none")];

describe("of several policies the strictest holds", () => {
  it.each([
    [[], "none"],
    [["none"], "none"],
    [["none", "forward"], "forward"],
    [["none", "backward", "none"], "backward"],
    [["backward", "forward"], "full"],
    [["backward", "full"], "full"],
  ] as const)("of %j it is %s", (policies, expected) => {
    expect(strictestOf(policies)).toBe(expected);
  });
});

describe("a policy forbids", () => {
  it.each([
    ["none", []],
    ["backward", ["both", "backward"]],
    ["forward", ["both", "forward"]],
    ["full", ["both", "backward", "forward"]],
  ] as const)("%s: %j", (policy, expected) => {
    expect(forbiddenBy(policy, changes).map(({ kind }) => kind)).toEqual(expected);
  });
});

describe("a report that was kept", () => {
  it("is read back, and nothing is made of what is none", () => {
    const view = toCompatibilityView(3, changes);

    expect(readCompatibility({ version: 3, changes })).toEqual(view);
    expect(view.backward.map(({ kind }) => kind)).toEqual(["both", "backward"]);
    expect(readCompatibility(null)).toBeNull();
    expect(readCompatibility({ version: "3" })).toBeNull();
  });
});
