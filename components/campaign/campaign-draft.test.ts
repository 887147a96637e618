import { expect, it } from "vitest";
import {
  draftOfWaves,
  planInput,
  targetInput,
  usualPlan,
  withMoreWaves,
  type TargetDraft,
} from "#components/campaign/campaign-draft.ts";
import { defaultWaves } from "#server/domain/campaign.ts";
import { campaignTarget, campaignWaves } from "#server/domain/campaign-schema.ts";

const empty: TargetDraft = {
  name: "",
  reason: "",
  issuer: "",
  profile: "",
  tags: "",
  endsBefore: "",
  keyAlgorithm: "",
  certificateIds: [],
};

it("what is left empty is not said", () => {
  expect(targetInput(empty)).toEqual({});
  const target = targetInput({ ...empty, tags: " pump, ,meter ", endsBefore: "2026-05-01" });
  expect(target).toEqual({ tags: ["pump", "meter"], endsBefore: "2026-05-01T00:00:00Z" });
  expect(campaignTarget.safeParse(target).success).toBe(true);
});

it("the usual waves come back as they are", () => {
  expect(planInput(usualPlan).waves).toEqual(defaultWaves);
  const waves = draftOfWaves([{ ...defaultWaves[0], count: 5, percent: undefined }] as never);
  expect(waves[0]).toMatchObject({ unit: "count", size: "5" });
});

it("a number that is none reaches the server as none", () => {
  const { perMinute } = planInput({ ...usualPlan, perMinute: "many" });
  expect(perMinute).toBeNaN();
});

it("a further wave stands before the last one", () => {
  const waves = withMoreWaves(usualPlan.waves);
  expect(waves.map(({ size }) => size)).toEqual(["1", "10", "20", "100"]);
  expect(new Set(waves.map(({ key }) => key)).size).toBe(4);
  expect(campaignWaves.safeParse(planInput({ ...usualPlan, waves }).waves).success).toBe(true);
});
