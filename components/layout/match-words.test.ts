import { describe, expect, it } from "vitest";
import { scoreOf } from "#components/layout/match-words.ts";

const labels = ["Devices", "Device groups", "Dead letters", "Dashboards", "Settings › API tokens"];

describe("finding by a few letters", () => {
  it.each([
    ["dev", "Devices"],
    ["group", "Device groups"],
    ["gr dev", "Device groups"],
    ["dl let", undefined],
    ["dea let", "Dead letters"],
    ["dshb", "Dashboards"],
    ["tok", "Settings › API tokens"],
    ["token set", "Settings › API tokens"],
    ["xyz", undefined],
  ])("%s: %s", (typed, expected) => {
    const [best] = labels
      .map((label) => ({ label, score: scoreOf(label, typed) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score);
    expect(best?.label).toBe(expected);
  });

  it("fits everything while nothing is typed", () => {
    expect(labels.every((label) => scoreOf(label, " ") > 0)).toBe(true);
  });
});
