import { expect, test } from "vitest";
import { isOwn, mayCancel, stepOf } from "#components/batch/batch-state.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import type { BatchState } from "#server/services/batch/view.ts";

const at = (state: BatchState, sampled = 0, quarantine = true) =>
  stepOf({ state, sampled, sampleSize: 2, options: batchOptions.parse({ quarantine }) });

test.each([
  ["receiving", 0],
  ["checking", 1],
  ["refused", 1],
  ["ready", 2],
  ["creating", 2],
  ["sampling", 3],
  ["rejected", 4],
  ["approved", 5],
] as const)("a batch that is %s is at step %i", (state, step) => {
  expect(at(state)).toBe(step);
});

test("a passed sample test leads to the approval; without quarantine the devices are the end", () => {
  expect(at("sampling", 2)).toBe(4);
  expect(at("approved", 0, false)).toBe(3);
});

test.each([
  ["ready", true],
  ["creating", true],
  ["sampling", false],
  ["approved", false],
] as const)("a batch that is %s can be cancelled: %s", (state, may) => {
  expect(mayCancel(state)).toBe(may);
});

test.each([
  ["ada@harbour.example", true],
  ["Ada@Harbour.example", true],
  ["otto@harbour.example", false],
  [null, false],
])("a batch that %s started is her own: %s", (startedBy, own) => {
  expect(isOwn({ startedBy }, "ada@harbour.example")).toBe(own);
});
