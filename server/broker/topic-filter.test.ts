import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  coversFilter,
  matchesTopic,
  parseShared,
  topicFilterProblem,
  topicNameProblem,
} from "#server/broker/topic-filter.ts";

/** The definition of §4.7 as a regular expression: another way to the same answer. */
function selects(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  if (filter === "#") return true;
  const open = filter.endsWith("/#");
  const source = (open ? filter.slice(0, -2) : filter)
    .split("/")
    .map((part) => (part === "+" ? "[^/]*" : part.replace("$", "\\$")))
    .join("/");
  return new RegExp(`^${source}${open ? "(/.*)?" : ""}$`).test(topic);
}

/** All sequences of 1 to `longest` levels of an alphabet. */
function sequences(alphabet: readonly string[], longest: number): string[] {
  let grown: string[][] = [[]];
  const found: string[] = [];
  for (let length = 1; length <= longest; length += 1) {
    grown = grown.flatMap((levels) => alphabet.map((level) => [...levels, level]));
    found.push(...grown.map((levels) => levels.join("/")));
  }
  return found.filter((sequence) => sequence !== "");
}

const filters = [
  ...sequences(["", "a", "$s", "+"], 3),
  ...sequences(["", "a", "$s", "+"], 2).map((filter) => `${filter}/#`),
  "/#",
  "#",
];
/** One level longer than any filter, and with a level that no filter names. */
const topics = sequences(["", "a", "$s", "new"], 4);

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
    ["#", undefined],
    ["a/#", undefined],
    ["+", undefined],
    ["+/a/+", undefined],
    ["/", undefined],
    ["", "is empty"],
    ["a#", "has a # that is not alone in the last level"],
    ["a/#/b", "has a # that is not alone in the last level"],
    ["a+", "has a + that is not alone in its level"],
    ["a/b+/c", "has a + that is not alone in its level"],
    ["a\0", "holds a null character"],
    [`${"+/".repeat(31)}#`, undefined],
    [`${"+/".repeat(32)}#`, "is longer than 1024 bytes or 32 levels"],
    ["$share/g/a/#", undefined],
    ["$share/g/+", undefined],
    ["$share/g//", undefined],
    [`$share/g/${"+/".repeat(31)}#`, undefined],
    [`$share/g/${"+/".repeat(32)}#`, "is longer than 1024 bytes or 32 levels"],
    [`$share/${"g".repeat(1_100)}/a`, "is longer than 1024 bytes or 32 levels"],
    ["$shared/g", undefined],
    ["$share/", "is a shared subscription without a share name"],
    ["$share//a", "is a shared subscription without a share name"],
    ["$share/g", "is a shared subscription without a topic filter"],
    ["$share/g/", "is a shared subscription without a topic filter"],
    ["$share/+/a", "has a wildcard in its share name"],
    ["$share/#", "has a wildcard in its share name"],
    ["$share/g\0/a", "holds a null character"],
    ["$share/g/a#", "has a # that is not alone in the last level"],
  ])("%j", (filter, problem) => expect(topicFilterProblem(filter)).toBe(problem));

  test.each([
    ["a/b", undefined],
    ["$shared/a", undefined],
    ["$share/g/a/#", { group: "g", filter: "a/#" }],
    ["$share/g//", { group: "g", filter: "/" }],
  ])("%s names the shared subscription %o", (filter, shared) =>
    expect(parseShared(filter)).toEqual(shared),
  );
});

describe("matching", () => {
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
  ])("follows the example of §4.7: %s and %s: %s", (filter, topic, matches) =>
    expect(matchesTopic(filter, topic)).toBe(matches),
  );

  test("[MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.2-1] [MQTT3-4.7.1-2] [MQTT3-4.7.1-3] [MQTT3-4.7.2-1] agrees with the definition for every filter and topic of a small alphabet", () => {
    const wrong = filters.flatMap((filter) =>
      topics
        .filter((topic) => matchesTopic(filter, topic) !== selects(filter, topic))
        .map((topic) => `${filter} and ${topic}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("covering", () => {
  test.each([
    ["#", "#", true],
    ["#", "a/b", true],
    ["#", "$SYS/a", false],
    ["+/#", "#", true],
    ["+/+/#", "#", false],
    ["$SYS/#", "$SYS", true],
    ["$SYS/#", "#", false],
    ["a/#", "a", true],
    ["a/#", "a/+/b/#", true],
    ["a/+", "a/#", false],
    ["a/+/#", "a/#", false],
    ["a/+/#", "a/+", true],
    ["a/b", "a/+", false],
    ["a/+", "a/b", true],
    ["a/+", "a/b/c", false],
    ["a", "a/#", false],
  ])("%s covers %s: %s", (grant, filter, covers) =>
    expect(coversFilter(grant, filter)).toBe(covers),
  );

  test("says yes exactly when no topic of a small alphabet is outside the grant", () => {
    const selected = new Map(
      filters.map((filter) => [filter, topics.filter((topic) => selects(filter, topic))]),
    );
    const wrong: string[] = [];
    for (const [grant, allowed] of selected) {
      const inside = new Set(allowed);
      for (const [filter, wanted] of selected) {
        const covers = wanted.every((topic) => inside.has(topic));
        if (coversFilter(grant, filter) !== covers) wrong.push(`${grant} and ${filter}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("never allows a topic that the grant does not select", () => {
    const level = fc.constantFrom("", "a", "b", "$s");
    const wider = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    /** Some levels of a filter or topic replaced by +, and maybe its end by #. */
    const widen = (levels: readonly string[], pluses: readonly boolean[], cut: number) => [
      ...levels.slice(0, cut).map((text, at) => (pluses[at] === true && text !== "#" ? "+" : text)),
      ...(cut < levels.length ? ["#"] : []),
    ];
    const chain = fc
      .tuple(fc.array(level, { minLength: 2, maxLength: 7 }), wider, wider, fc.nat(9), fc.nat(9))
      .map(([levels, first, second, end, next]) => {
        const wanted = widen(levels, first, end);
        return {
          name: levels.join("/"),
          wanted: wanted.join("/"),
          grant: widen(wanted, second, next).join("/"),
        };
      });
    fc.assert(
      fc.property(chain, ({ name, wanted, grant }) => {
        fc.pre(matchesTopic(wanted, name));
        expect(coversFilter(grant, wanted) && !matchesTopic(grant, name)).toBe(false);
      }),
    );
  });
});
