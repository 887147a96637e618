import { describe, expect, it } from "vitest";
import {
  deviceIdTemplateProblem,
  fillTemplate,
  templateProblem,
} from "#server/domain/device-template.ts";

const facts = {
  registrationId: "pump-1",
  serial: "S-7",
  commonName: "pump-1.acme",
  parameters: { line: "4", "a.b": "x" },
};

describe("filling", () => {
  it.each([
    ["{registrationId}", "pump-1", []],
    ["{serial}-{parameter:line}", "S-7-4", []],
    ["{commonName}/{parameter:a.b}", "pump-1.acme/x", []],
    ["plain", "plain", []],
    ["{parameter:none}", "", ["parameter:none"]],
    ["{parameter:__proto__}", "", ["parameter:__proto__"]],
    ["{parameter:constructor}", "", ["parameter:constructor"]],
  ])("%s", (template, text, missing) => {
    expect(fillTemplate(template, facts)).toEqual({ text, missing });
  });

  it("what a value looks like is not filled again", () => {
    const odd = { ...facts, registrationId: "{serial}$&$1" };
    expect(fillTemplate("{registrationId}", odd).text).toBe("{serial}$&$1");
  });
});

it.each([
  ["{registrationId}", /^$/],
  ["{Serial}", /cannot speak of \{Serial\}/],
  ["{parameter:}", /cannot speak of/],
  ["{parameter:a b}", /cannot speak of/],
  ["{serial", /not closed/],
  ["serial}", /not closed/],
])("the template %s", (template, problem) => {
  expect(templateProblem(template) ?? "").toMatch(problem);
});

it("a device id says something of the device, every time it is asked", () => {
  for (const _ of [1, 2, 3]) {
    expect(deviceIdTemplateProblem("{serial}")).toBeUndefined();
    expect(deviceIdTemplateProblem("pump")).toMatch(/same id/);
  }
});
