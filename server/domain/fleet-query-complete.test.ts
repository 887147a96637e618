import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeFleetQuery, type KnownValues } from "#server/domain/fleet-query-complete.ts";

const known: KnownValues = {
  profiles: ["Pump 3", "pump"],
  tags: ["roof", "test"],
  firmware: ["2.1.0", "2.0.0"],
  gateways: ["gw-12"],
  groups: ["North"],
  metrics: [
    { name: "temperature", unit: "°C" },
    { name: "place", unit: null },
  ],
};

/** The text with `|` where the cursor is; each completion as the text it gives. */
function offered(marked: string): string[] {
  const cursor = marked.indexOf("|");
  const text = marked.replace("|", "");
  return completeFleetQuery(text, cursor, known).map(
    (each) => text.slice(0, each.from) + each.text + text.slice(each.to),
  );
}

describe("completion", () => {
  it.each<[string, readonly string[]]>([
    ["pre|", ["presence:"]],
    ["tag:roof gr|", ["tag:roof group:"]],
    ["-ta|", ["-tag:", "-contact:"]],
    ["temp|", ["temperature:>"]],
    ["tag:|", ["tag:roof", "tag:test"]],
    ["tag:roof,te|", ["tag:roof,test"]],
    ['profile:"pu|', ['profile:"Pump 3"', "profile:pump"]],
    ["firmware:<2.1|", ["firmware:<2.1.0"]],
    ["contact:>7|", ["contact:>7d"]],
    ["presence:sil|", ["presence:silent"]],
    ['"quoted te|', []],
  ])("%s", (marked, wanted) => {
    expect(offered(marked)).toEqual(wanted);
  });

  it("puts a metric that is called as a key into quotes", () => {
    expect(offered("plac|")).toEqual(["place:", '"place":>']);
  });

  it("offers all keys where nothing is typed", () => {
    expect(offered("tag:roof |")).toContain("tag:roof presence:");
  });

  it("takes any text and any cursor", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (text, cursor) => {
        for (const { from, to } of completeFleetQuery(text, cursor, known)) {
          expect(from).toBeLessThanOrEqual(to);
        }
      }),
    );
  });
});
