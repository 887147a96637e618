import { expect, it } from "vitest";
import type { ExpectedChange } from "#server/testing/presence-histories/history.ts";
import { wrongStates } from "#server/testing/presence-histories/wrong-states.ts";

const expected: readonly ExpectedChange[] = [
  [1, "online", { isBrief: true }],
  [1.4, "idle"],
  [12, "late", { within: 5 }],
];

it.each([
  [
    "as the script says",
    [
      [1.02, "online"],
      [1.4, "idle"],
      [16, "late"],
    ],
    [],
  ],
  [
    "without what was brief",
    [
      [1.4, "idle"],
      [12, "late"],
    ],
    [],
  ],
  [
    "at another time",
    [
      [1.4, "idle"],
      [18, "late"],
    ],
    ["pump: late was expected from 12 s, told is from 18 s"],
  ],
  [
    "another state",
    [
      [1.4, "idle"],
      [12, "silent"],
    ],
    ["pump: late from 12 s was expected, told is silent from 12 s"],
  ],
  ["one too few", [[1.4, "idle"]], ["pump: late from 12 s was expected, told is nothing"]],
  [
    "one too many",
    [
      [1.4, "idle"],
      [12, "late"],
      [14, "silent"],
    ],
    ["pump: silent from 14 s is too much"],
  ],
] as const)("tells what is wrong: %s", (_, told, wrong) => {
  const history = { devices: { pump: null }, expect: { pump: expected } };
  expect(wrongStates(history, { pump: told })).toEqual(wrong);
});

it("takes what a script does not expect of a device for too much", () => {
  const history = { devices: { pump: null }, expect: {} };
  expect(wrongStates(history, { pump: [[3, "online"]] })).toEqual([
    "pump: online from 3 s is too much",
  ]);
});
