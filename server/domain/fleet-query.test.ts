import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFleetQuery, printFleetQuery } from "#server/domain/fleet-query.ts";
import type { FleetTerm } from "#server/domain/fleet-term.ts";
import { compareVersions } from "#server/domain/firmware-version.ts";

const yes = { negated: false } as const;

describe("a query of the fleet", () => {
  it.each<[string, readonly FleetTerm[]]>([
    ["", []],
    ["  ", []],
    [
      "pump 3",
      [
        { kind: "text", text: "pump", ...yes },
        { kind: "text", text: "3", ...yes },
      ],
    ],
    ['"pump 3"', [{ kind: "text", text: "pump 3", ...yes }]],
    ["-old", [{ kind: "text", text: "old", negated: true }]],
    [
      "a - b",
      [
        { kind: "text", text: "a", ...yes },
        { kind: "text", text: "-", ...yes },
        { kind: "text", text: "b", ...yes },
      ],
    ],
    ["presence:silent,late", [{ kind: "presence", values: ["silent", "late"], ...yes }]],
    ["PRESENCE:never-seen", [{ kind: "presence", values: ["never_seen"], ...yes }]],
    [
      "tag:roof -tag:test",
      [
        { kind: "tag", values: ["roof"], ...yes },
        { kind: "tag", values: ["test"], negated: true },
      ],
    ],
    ["tag:site:kiel/7", [{ kind: "tag", values: ["site:kiel/7"], ...yes }]],
    ['profile:"Pump 3",Valve', [{ kind: "profile", values: ["Pump 3", "Valve"], ...yes }]],
    ['group:"say \\"hi\\""', [{ kind: "group", values: ['say "hi"'], ...yes }]],
    [
      "firmware:<2.1,3",
      [
        {
          kind: "firmware",
          values: [
            { comparison: "<", version: "2.1" },
            { comparison: "=", version: "3" },
          ],
          ...yes,
        },
      ],
    ],
    ["contact:>2h", [{ kind: "contact", values: [{ comparison: ">", seconds: 7_200 }], ...yes }]],
    [
      "contact:<=1d12h",
      [{ kind: "contact", values: [{ comparison: "<=", seconds: 129_600 }], ...yes }],
    ],
    ["contact:never", [{ kind: "contact", values: ["never"], ...yes }]],
    ["cert:renew-soon", [{ kind: "certificate", values: ["renew_soon"], ...yes }]],
    ["location:no", [{ kind: "location", known: false, ...yes }]],
    [
      "temperature:>40",
      [{ kind: "metric", metric: "temperature", values: [{ comparison: ">", value: 40 }], ...yes }],
    ],
    [
      "temperature:>=-1.5e1",
      [
        {
          kind: "metric",
          metric: "temperature",
          values: [{ comparison: ">=", value: -15 }],
          ...yes,
        },
      ],
    ],
    [
      'door:=open,="true"',
      [
        {
          kind: "metric",
          metric: "door",
          values: [
            { comparison: "=", value: "open" },
            { comparison: "=", value: "true" },
          ],
          ...yes,
        },
      ],
    ],
    [
      "valve:=true",
      [{ kind: "metric", metric: "valve", values: [{ comparison: "=", value: true }], ...yes }],
    ],
    [
      '"contact":>3',
      [{ kind: "metric", metric: "contact", values: [{ comparison: ">", value: 3 }], ...yes }],
    ],
  ])("%s", (text, terms) => {
    expect(parseFleetQuery(text)).toEqual({ terms, problems: [] });
  });

  it.each<[string, string, string, string]>([
    ["presnce:late", "presnce:late", "There is no key presnce", "presence:late"],
    ["x urn:dev:1", "urn:dev:1", "There is no key urn", '"urn:dev:1"'],
    ["presence:sleepy", "sleepy", "Presence is one of", "online"],
    ["tag:", "", "Say which tag", ""],
    ["contact:2h", "2h", "how long ago", ">2h"],
    ["contact:>2 h", ">2", "Units are s", ">2h"],
    ['tag:"roof', '"roof', "not closed", '"roof"'],
    ["temperature:>warm", ">warm", "Only numbers", ""],
    ["location:maybe", "maybe", "yes or no", "yes"],
  ])("%s is told at %s", (text, place, message, suggestion) => {
    const { problems } = parseFleetQuery(text);

    expect(problems[0]?.message).toContain(message);
    expect(text.slice(problems[0]?.from, problems[0]?.to)).toBe(place);
    expect(["", ...(problems[0]?.suggestions ?? [])]).toContain(suggestion);
  });

  it("says when it has too many parts", () => {
    const { terms, problems } = parseFleetQuery("a ".repeat(31));

    expect(terms).toHaveLength(30);
    expect(problems[0]?.message).toContain("at most 30");
  });

  it("takes any text, and its suggestions too", () => {
    const signs = fc.constantFrom(...'presence:tag -",\\<>=2h true contact é\n'.split(""));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: signs })), (text) => {
        const { problems } = parseFleetQuery(text);
        for (const { from, to, suggestions } of problems) {
          expect(from).toBeLessThanOrEqual(to);
          for (const each of suggestions) {
            parseFleetQuery(`${text.slice(0, from)}${each}${text.slice(to)}`);
          }
        }
      }),
    );
  });

  it("prints what it has read so that it reads the same again", () => {
    const signs = fc.constantFrom(...'presence:late tag,"\\<>=-2.1h true contact é'.split(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: signs, maxLength: 40 }), termTexts), (text) => {
        const { terms } = parseFleetQuery(text);
        expect(parseFleetQuery(printFleetQuery(terms))).toEqual({ terms, problems: [] });
      }),
    );
  });
});

const value = fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text.trim() || "x"));
const termTexts = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom("tag", "profile", "group", "place", "gateway"), value),
      fc.tuple(fc.constantFrom("firmware"), value),
      fc.tuple(fc.constantFrom("contact"), fc.constantFrom(">90s", "<=8d1m", "never")),
      fc.tuple(
        value,
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => `>${n}`),
      ),
      fc.tuple(value, value),
    ),
    { maxLength: 6 },
  )
  .map((terms) => terms.map(([key, text]) => `${key}:${text}`).join(" "));

describe("versions", () => {
  it.each([
    ["2.10", "2.9", 1],
    ["2.1", "2.1.0", 0],
    ["v2.1", "2.1", 0],
    ["2.1-rc1", "2.1", -1],
    ["2.1-rc2", "2.1-rc10", -1],
    ["1.0.0+build5", "1.0.1", -1],
    ["", "1", -1],
  ])("%s against %s", (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order);
    expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -order);
  });
});
