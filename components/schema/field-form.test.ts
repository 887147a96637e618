import { describe, expect, it } from "vitest";
import {
  addField,
  changeField,
  freeFieldName,
  readFields,
  removeField,
  renameField,
  takesUnknown,
  withUnknown,
} from "#components/schema/field-form.ts";

const pump = {
  type: "object",
  properties: {
    temperature: {
      type: "number",
      unit: "Cel",
      minimum: -40,
      description: "Bearing",
      $comment: "x",
    },
    mode: { enum: ["auto", "hand"], type: "string" },
    at: { type: ["string", "null"], format: "date-time" },
    parts: { type: "array", items: { type: "number" } },
    odd: { anyOf: [{ type: "number" }, { type: "string" }] },
  },
  required: ["temperature", "mode"],
};

describe("a JSON Schema is read into the form", () => {
  it.each([
    [
      "temperature",
      { type: "number", unit: "Cel", minimum: "-40", required: true, nullable: false },
    ],
    ["mode", { type: "choice", choices: ["auto", "hand"], required: true }],
    ["at", { type: "time", nullable: true, required: false, category: "telemetry" }],
    ["parts", { type: "array" }],
    ["odd", { type: "other" }],
  ])("%s", (name, expected) => {
    expect(readFields(pump).find((field) => field.name === name)).toMatchObject(expected);
  });

  it("the order is the schema's own", () => {
    expect(readFields(pump).map(({ name }) => name)).toEqual(Object.keys(pump.properties));
  });

  it.each([[{}], [{ properties: 5 }], [{ type: "object", required: "a" }]])(
    "%j has no field",
    (schema) => expect(readFields(schema)).toEqual([]),
  );
});

describe("a change in the form changes that and nothing else", () => {
  it.each([
    [
      "a description",
      { description: "Bearing 2" },
      { ...pump.properties.temperature, description: "Bearing 2" },
    ],
    [
      "no unit",
      { unit: "" },
      { type: "number", minimum: -40, description: "Bearing", $comment: "x" },
    ],
    ["a bound", { maximum: "125" }, { ...pump.properties.temperature, maximum: 125 }],
    [
      "no bound",
      { minimum: "" },
      { type: "number", unit: "Cel", description: "Bearing", $comment: "x" },
    ],
    [
      "whole numbers",
      { type: "integer" as const },
      { ...pump.properties.temperature, type: "integer" },
    ],
    [
      "null allowed",
      { nullable: true },
      { ...pump.properties.temperature, type: ["number", "null"] },
    ],
    [
      "a text",
      { type: "string" as const },
      { type: "string", unit: "Cel", description: "Bearing", $comment: "x" },
    ],
    [
      "health",
      { category: "health" as const },
      { ...pump.properties.temperature, category: "health" },
    ],
    ["deprecated", { deprecated: true }, { ...pump.properties.temperature, deprecated: true }],
  ])("%s", (_, change, expected) => {
    const changed = changeField(pump, "temperature", change);

    expect(changed).toEqual({ ...pump, properties: { ...pump.properties, temperature: expected } });
    expect(Object.keys(changed["properties"] as object)).toEqual(Object.keys(pump.properties));
  });

  it("what the form cannot say stays in the source", () => {
    const changed = changeField(pump, "odd", { description: "Either" });

    expect(changed).toMatchObject({
      properties: { odd: { ...pump.properties.odd, description: "Either" } },
    });
  });

  it("one of several texts, before any is named", () => {
    expect(readFields(changeField(pump, "at", { type: "choice" }))[2]).toMatchObject({
      type: "choice",
      nullable: true,
      choices: ["value"],
    });
  });

  it("choices with null", () => {
    expect(changeField(pump, "mode", { nullable: true, choices: ["auto"] })).toMatchObject({
      properties: { mode: { type: ["string", "null"], enum: ["auto", null] } },
    });
  });

  it.each([
    [true, ["temperature", "mode", "at"]],
    [false, ["temperature", "mode"]],
  ])("required: %s", (required, names) => {
    expect(changeField(pump, "at", { required })["required"]).toEqual(names);
  });
});

describe("fields come, go and change their names", () => {
  it("a renamed one keeps its place and stays required", () => {
    const renamed = renameField(pump, "temperature", "bearing");

    expect(Object.keys(renamed["properties"] as object)[0]).toBe("bearing");
    expect(renamed["required"]).toEqual(["bearing", "mode"]);
  });

  it("a removed one is not required any more", () => {
    const removed = removeField(removeField(pump, "temperature"), "mode");

    expect(removed).not.toHaveProperty("required");
    expect(readFields(removed).map(({ name }) => name)).toEqual(["at", "parts", "odd"]);
  });

  it("a new one is a number at the end", () => {
    expect(readFields(addField(pump, "level")).at(-1)).toMatchObject({
      name: "level",
      type: "number",
      required: false,
    });
  });

  it.each([
    ["level", "level"],
    ["mode", "mode_2"],
  ])("%s is free as %s", (wanted, free) =>
    expect(freeFieldName(readFields(pump), wanted)).toBe(free),
  );

  it("unknown fields are taken or refused", () => {
    expect(takesUnknown(pump)).toBe(true);
    expect(takesUnknown(withUnknown(pump, false))).toBe(false);
    expect(withUnknown(withUnknown(pump, false), true)).toEqual(pump);
  });
});
