import { describe, expect, it } from "vitest";
import { deviceIdFromName, isDeviceId } from "#server/domain/device-id.ts";

describe("a device id is one topic level of plain characters", () => {
  it.each([
    ["pump-17", true],
    ["A", true],
    ["urn:dev:mac:0024befffe804ff1", true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
    ["", false],
    ["-pump", false],
    ["a/b", false],
    ["a+b", false],
    ["a#", false],
    ["a b", false],
    ["pümp", false],
    ["pump\n", false],
    ["__proto__", false],
  ])("%j is %s", (text, expected) => {
    expect(isDeviceId(text)).toBe(expected);
  });
});

it.each([
  ["Pump 17", "pump-17"],
  ["  Kühlhaus / Tür №3 ", "kuhlhaus-tur-no3"],
  ["水泵", "device"],
  ["a".repeat(200), "a".repeat(48)],
])("the name %j suggests the id %j", (name, expected) => {
  expect(deviceIdFromName(name)).toBe(expected);
});
