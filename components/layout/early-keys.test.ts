import { expect, test } from "vitest";
import { addKey, noKeys } from "#components/layout/early-keys.ts";

test.each([
  ["nothing", [], "", []],
  ["letters", ["p", "u", "m"], "pum", []],
  ["a space and a letter of two code units", [" ", "😀"], " 😀", []],
  ["Backspace takes the last character", ["a", "😀", "Backspace"], "a", []],
  ["Backspace on nothing", ["Backspace"], "", []],
  [
    "keys of the list stay in their order",
    ["d", "ArrowDown", "Enter"],
    "d",
    ["ArrowDown", "Enter"],
  ],
  ["keys that mean nothing", ["Shift", "F5", "Dead"], "", []],
])("%s", (_what, pressed, text, listKeys) => {
  expect(pressed.reduce(addKey, noKeys)).toEqual({ text, listKeys });
});
