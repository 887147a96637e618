import { expect, it } from "vitest";
import { whyProbe } from "#server/domain/tls-probe-due.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 10, 27, hour));
const asked = (hour: number) => ({ by: "ada@works.example", at: at(hour) });

it.each([
  ["there was none", { lastAt: null, request: null, changedAt: null }, "schedule"],
  [
    "there was none, and somebody asked",
    { lastAt: null, request: asked(1), changedAt: null },
    "ada@works.example",
  ],
  [
    "the last is a day old",
    { lastAt: new Date(at(12).getTime() - 86_400_000), request: null, changedAt: null },
    "schedule",
  ],
  ["the last is fresh", { lastAt: at(11), request: null, changedAt: at(10) }, undefined],
  ["something changed since", { lastAt: at(10), request: null, changedAt: at(11) }, "change"],
  [
    "somebody asked since",
    { lastAt: at(10), request: asked(11), changedAt: at(11) },
    "ada@works.example",
  ],
  ["somebody asked before", { lastAt: at(11), request: asked(10), changedAt: null }, undefined],
])("when %s", (_, state, why) => {
  expect(whyProbe({ now: at(12), ...state })).toBe(why);
});
