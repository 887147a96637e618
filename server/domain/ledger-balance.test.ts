import { describe, expect, it } from "vitest";
import { judgeBalance, type Difference } from "#server/domain/ledger-balance.ts";

const minute = 1_764_225_600_000;
const acme: Difference = { tenantId: "acme", minute, kind: "balance", difference: 1n };
const letters: Difference = { ...acme, kind: "dead_letters" };
const other: Difference = { ...acme, tenantId: "other" };
const more: Difference = { ...acme, difference: 2n };
const everything = () => true;
const nothing = () => false;

describe("the balance of the ledger", () => {
  it.each<
    [
      string,
      readonly Difference[],
      readonly Difference[],
      typeof everything,
      Partial<ReturnType<typeof judgeBalance>>,
    ]
  >([
    ["stays in balance", [], [], everything, { appeared: [], resolved: [], alarmed: [] }],
    ["the first difference", [], [acme], everything, { appeared: [acme], alarmed: ["acme"] }],
    ["it lasts", [acme], [acme], everything, { appeared: [], lasting: [acme], alarmed: [] }],
    ["it grows", [acme], [more], everything, { appeared: [more], lasting: [], alarmed: [] }],
    ["a second one", [acme], [acme, letters], everything, { appeared: [letters], alarmed: [] }],
    ["of another tenant", [acme], [acme, other], everything, { alarmed: ["other"], calmed: [] }],
    ["it is gone", [acme], [], everything, { resolved: [acme], calmed: ["acme"] }],
    ["not looked at again", [acme], [], nothing, { resolved: [], calmed: [], alarmed: [] }],
    [
      "one of two is gone",
      [acme, letters],
      [acme],
      everything,
      { resolved: [letters], calmed: [] },
    ],
  ])("%s", (_, open, found, looked, expected) => {
    expect(judgeBalance({ open, found, looked })).toMatchObject(expected);
  });
});
