import { expect, it } from "vitest";
import { checkRotation, type RotationHistory } from "#e2e/chaos/check-rotation.ts";

const held = (deviceId: string, sha256 = `of-${deviceId}`) => ({ deviceId, sha256 });
const renewed = (deviceId: string, more: object = {}) => ({
  deviceId,
  campaign: "one",
  state: "renewed",
  open: false,
  ...more,
});

const sound: RotationHistory = {
  wanted: new Set(["a", "b"]),
  heard: new Set(["a", "b"]),
  held: [held("a"), held("b")],
  active: [held("a"), held("b")],
  rotated: [renewed("a"), renewed("b")],
};

it.each<[string, Partial<RotationHistory>, readonly string[]]>([
  ["all is well", {}, []],
  ["a device cannot connect", { heard: new Set(["a"]) }, ["b cannot connect: it is lost."]],
  [
    "a device has two in use",
    { active: [held("a"), held("a", "old"), held("b")] },
    ["a has 2 certificates in use."],
  ],
  [
    "a device holds another one",
    { active: [held("a"), held("b", "other")] },
    ["b holds another certificate than the one in use."],
  ],
  [
    "a device is in two campaigns",
    { rotated: [renewed("a"), renewed("b"), renewed("b", { campaign: "two" })] },
    ["b is in 2 campaigns."],
  ],
  [
    "a device was left",
    { rotated: [renewed("a"), renewed("b", { state: "asked", open: true })] },
    ["b is asked.", "b is not done with."],
  ],
])("%s", (_, some, problems) => {
  expect(checkRotation({ ...sound, ...some })).toEqual(problems);
});
