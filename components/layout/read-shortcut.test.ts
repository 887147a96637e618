import { expect, test } from "vitest";
import { readShortcut } from "#components/layout/read-shortcut.ts";

const press = (
  key: string,
  held: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean } = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: null,
  ...held,
});
const on = { singleKeys: true, afterG: false };

test.each([
  ["⌘K", press("k", { metaKey: true }), on, { kind: "palette" }],
  [
    "Ctrl K with single keys off",
    press("K", { ctrlKey: true }),
    { ...on, singleKeys: false },
    { kind: "palette" },
  ],
  ["?", press("?"), on, { kind: "shortcuts" }],
  ["? with single keys off", press("?"), { ...on, singleKeys: false }, undefined],
  ["/", press("/"), on, { kind: "filter" }],
  ["g", press("g"), on, { kind: "sequence" }],
  ["g d", press("d"), { ...on, afterG: true }, { kind: "go", key: "d" }],
  ["j", press("j"), on, { kind: "row", key: "ArrowDown" }],
  ["x", press("x"), on, { kind: "row", key: " " }],
  ["g x", press("x"), { ...on, afterG: true }, { kind: "go", key: "x" }],
  ["d alone", press("d"), on, undefined],
  ["Ctrl C", press("c", { ctrlKey: true }), on, undefined],
  ["Alt g", press("g", { altKey: true }), on, undefined],
] as const)("%s", (_, event, settings, wanted) => {
  // Node has no elements: nothing is being typed into.
  Object.assign(globalThis, { HTMLElement: class {} });
  expect(readShortcut(event, settings)).toEqual(wanted);
});
