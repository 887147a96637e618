import { expect, it } from "vitest";
import { firmwareOf } from "#server/pipeline/firmware.ts";

it.each([
  ['{"online":true,"firmware":"2.4.1"}', "2.4.1"],
  ['{"firmware":{"version":"2.4.1","channel":"beta"}}', "2.4.1"],
  ['{"firmware":{"name":"app"}}', undefined],
  ['{"firmware":7}', undefined],
  ['{"firmware":""}', undefined],
  ['{"online":false}', undefined],
  ["[]", undefined],
  ["null", undefined],
  ["no JSON", undefined],
  [`{"firmware":"${"x".repeat(100)}"}`, "x".repeat(64)],
])("the state %j names the firmware %j", (state, firmware) => {
  expect(firmwareOf(Buffer.from(state))).toBe(firmware);
});
