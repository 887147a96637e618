import { describe, expect, it } from "vitest";
import { filtersOverlap, grantProblems } from "#server/services/service-client/grant-problem.ts";

describe("two filters overlap", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/b", "a/c", false],
    ["a/+", "a/c", true],
    ["+/b", "a/+", true],
    ["#", "a/b/c", true],
    ["a/#", "a", true],
    ["a", "a/#", true],
    ["a", "a/b", false],
    ["a/#", "b/#", false],
    ["a/+/c", "a/b/#", true],
    ["a/+/c", "a/b/d", false],
    ["a/+", "a", false],
    ["+", "a/#", true],
  ])("%s and %s: %s", (one, other, expected) => {
    expect(filtersOverlap(one, other)).toBe(expected);
    expect(filtersOverlap(other, one)).toBe(expected);
  });
});

const subscribe = (filter: string) => ({ filter, maySubscribe: true, mayPublish: false });
const publish = (filter: string) => ({ filter, maySubscribe: false, mayPublish: true });

describe("a grant that is accepted", () => {
  it.each([
    [subscribe("#"), false],
    [subscribe("qs/v1/d/+/up/#"), false],
    [publish("qs/v1/d/+/dn/#"), false],
    [publish("qs/v1/d/pump-17/dn/command/+/+"), false],
    [publish("homeassistant/#"), false],
    [subscribe("$SYS/#"), true],
  ])("%j (operator: %s)", (grant, operator) => {
    expect(grantProblems([grant], operator)).toEqual([]);
  });
});

describe("a grant that is refused", () => {
  it.each([
    [subscribe("a/#/b"), "#"],
    [subscribe("a+"), "+"],
    [subscribe("a\0b"), "null"],
    [subscribe("$share/g/a"), "shared"],
    [subscribe("$share"), "share"],
    [{ filter: "a", maySubscribe: false, mayPublish: false }, "subscribe, publish, or both"],
    [publish("#"), "devices themselves"],
    [publish("qs/#"), "devices themselves"],
    [publish("qs/v1/d/pump-17/up/telemetry"), "devices themselves"],
    [publish("qs/v1/d/+/+"), "devices themselves"],
    [publish("+/+/+/+/+/state"), "devices themselves"],
    [subscribe("$SYS/#"), "runs the installation"],
    [publish("$SYS/broker"), "Only the server"],
    [subscribe("$other/x"), "only $SYS"],
  ])("%j: %s", (grant, words) => {
    const problems = grantProblems([grant], false);

    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe("grants.0.filter");
    expect(problems[0]?.message).toContain(words);
  });

  it("when it is there twice", () => {
    expect(grantProblems([subscribe("a"), subscribe("b"), publish("a")], false)).toEqual([
      { path: "grants.2.filter", message: "This filter is in the list already." },
    ]);
  });
});
