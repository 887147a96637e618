import { describe, expect, it } from "vitest";
import { draftStep, readSteps, stepOps, type StepDraft } from "#components/dead-letter/steps.ts";

describe("a step that a person wrote", () => {
  it.each<[StepDraft["op"], StepDraft["parts"], unknown]>([
    ["rename", { from: "pres", to: " pressure " }, { from: "pres", to: "pressure" }],
    ["remove", { field: "debug" }, { field: "debug" }],
    ["set", { field: "site", value: "north" }, { field: "site", value: "north" }],
    ["set", { field: "site", value: "21.5" }, { field: "site", value: 21.5 }],
    ["set", { field: "site", value: '"21.5"' }, { field: "site", value: "21.5" }],
    ["default", { field: "open", value: "true" }, { field: "open", value: true }],
    ["default", { field: "open", value: "[1]" }, { field: "open", value: "[1]" }],
    [
      "convert",
      { field: "t", from: "[degF]", to: "Cel" },
      { field: "t", from: "[degF]", to: "Cel" },
    ],
    ["cast", { field: "t" }, { field: "t", to: "number" }],
    [
      "compute",
      { field: "p", expression: "values.a", unit: " " },
      { field: "p", expression: "values.a" },
    ],
    ["enrich", { field: "site", attribute: "site" }, { field: "site", attribute: "site" }],
  ])("%s %j", (op, parts, wanted) => {
    expect(readSteps([draftStep(op, parts)])).toEqual({
      steps: [{ op, ...(wanted as object) }],
      problems: new Map(),
    });
  });

  it("that lacks something is named, and the others stand", () => {
    const lacking = draftStep("rename", { from: "pres" });

    const { steps, problems } = readSteps([lacking, draftStep("remove", { field: "x" })]);

    expect(steps).toEqual([{ op: "remove", field: "x" }]);
    expect(problems.get(lacking.key)).toBe("Name the field.");
  });
});

it("every operation of the service has its form", () => {
  expect(stepOps.toSorted()).toEqual([
    "cast",
    "compute",
    "convert",
    "default",
    "enrich",
    "remove",
    "rename",
    "set",
  ]);
});
