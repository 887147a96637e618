import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  channelOf,
  deviceTopics,
  isSharedFilter,
  matchesTopic,
  maySubscribe,
  topicFilterProblem,
  topicNameProblem,
} from "#server/gateway/mqtt/topics.ts";

const own = deviceTopics("pump-17");

describe("topic names", () => {
  test.each([
    ["a", undefined],
    ["/", undefined],
    ["a/b c/ü", undefined],
    ["", "is empty"],
    ["a/+/b", "holds a wildcard (+ or #)"],
    ["a/#", "holds a wildcard (+ or #)"],
    ["a\0b", "holds a null character"],
    ["a/".repeat(40), "is longer than 1024 bytes or 32 levels"],
    ["ü".repeat(600), "is longer than 1024 bytes or 32 levels"],
  ])("%j", (name, problem) => expect(topicNameProblem(name)).toBe(problem));
});

describe("topic filters", () => {
  test.each([
    ["#", true],
    ["a/#", true],
    ["+", true],
    ["+/a/+", true],
    ["/", true],
    ["", false],
    ["a#", false],
    ["a/#/b", false],
    ["a+", false],
    ["a/b+/c", false],
    ["a\0", false],
  ])("%j is valid: %s", (filter, valid) =>
    expect(topicFilterProblem(filter) === undefined).toBe(valid),
  );
});

describe("matching, with the examples of §4.7", () => {
  test.each([
    ["sport/tennis/player1/#", "sport/tennis/player1", true],
    ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true],
    ["sport/#", "sport", true],
    ["sport/tennis/+", "sport/tennis/player1", true],
    ["sport/tennis/+", "sport/tennis/player1/ranking", false],
    ["sport/+", "sport", false],
    ["sport/+", "sport/", true],
    ["+/+", "/finance", true],
    ["/+", "/finance", true],
    ["+", "/finance", false],
    ["#", "$SYS/x", false],
    ["+/monitor/Clients", "$SYS/monitor/Clients", false],
    ["$SYS/#", "$SYS/monitor", true],
    ["ACCOUNTS", "Accounts", false],
  ])("%s and %s: %s", (filter, topic, matches) =>
    expect(matchesTopic(filter, topic)).toBe(matches),
  );

  test("agrees with the definition by regular expression", () => {
    const level = fc.constantFrom("", "a", "b", "$s");
    const name = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
    const filterLevel = fc.constantFrom("", "a", "b", "+", "$s");
    const filter = fc
      .tuple(fc.array(filterLevel, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, hash]) => [...levels, ...(hash ? ["#"] : [])].join("/"));
    const byExpression = (wanted: string, topic: string): boolean => {
      if (topic.startsWith("$") && !wanted.startsWith("$")) return false;
      const open = wanted.endsWith("/#");
      const source = (open ? wanted.slice(0, -2) : wanted)
        .split("/")
        .map((part) => (part === "+" ? "[^/]*" : part.replace("$", "\\$")))
        .join("/");
      return new RegExp(`^${source}${open ? "(/.*)?" : ""}$`).test(topic);
    };
    fc.assert(
      fc.property(filter, name, (wanted, topic) => {
        expect(matchesTopic(wanted, topic)).toBe(byExpression(wanted, topic));
      }),
    );
  });
});

describe("what a device may do", () => {
  test.each([
    ["qs/v1/d/pump-17/up/telemetry", "telemetry"],
    ["qs/v1/d/pump-17/up/telemetry/motor", "telemetry/motor"],
    ["qs/v1/d/pump-17/up/", undefined],
    ["qs/v1/d/pump-17/up", undefined],
    ["qs/v1/d/pump-17/dn/command", undefined],
    ["qs/v1/d/pump-18/up/telemetry", undefined],
    ["qs/v1/d/pump-1/up/telemetry", undefined],
    ["qs/v1/d/pump-17x/up/telemetry", undefined],
    ["/qs/v1/d/pump-17/up/telemetry", undefined],
    ["$SYS/x", undefined],
    ["__proto__", undefined],
  ])("publishing to %s goes to the channel %s", (topic, channel) =>
    expect(channelOf(own, topic)).toBe(channel),
  );

  test.each([
    ["qs/v1/d/pump-17/dn/#", true],
    ["qs/v1/d/pump-17/dn/command/+/+", true],
    ["qs/v1/d/pump-17/dn/", false],
    ["qs/v1/d/pump-17/#", false],
    ["qs/v1/d/+/dn/#", false],
    ["qs/v1/d/pump-18/dn/#", false],
    ["+/v1/d/pump-17/dn/x", false],
    ["#", false],
    ["$share/g/qs/v1/d/pump-17/dn/#", false],
  ])("subscribing to %s: %s", (filter, may) => expect(maySubscribe(own, filter)).toBe(may));

  test("shared subscriptions are recognised", () => {
    expect(isSharedFilter("$share/g/a")).toBe(true);
    expect(isSharedFilter("$shared/a")).toBe(false);
  });
});
