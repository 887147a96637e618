import { describe, expect, it } from "vitest";
import { compileProcessing } from "#server/schema/processing.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { processedFields } from "#server/schema/schema-fields.ts";
import type { TransformStep } from "#server/domain/transform-steps.ts";

const device = { id: "pump-17" };

describe("what a version's processing makes of a reading", () => {
  it("is nothing where the version says nothing", () => {
    expect(compileProcessing([], "")).toBeUndefined();
  });

  it.each([
    ["values that are changed", { t: 77 }, { ok: true, value: { temperature: 25 } }],
    ["values that are dropped after the change", { t: -100 }, { ok: true, value: "filtered" }],
    [
      "a step that fails",
      { t: "77" },
      {
        ok: false,
        reason: "processing-failed",
        detail: "“temperature” is not a number, so it cannot be converted from F to Cel.",
      },
    ],
    [
      "a question that cannot be answered",
      { other: 1 },
      {
        ok: false,
        reason: "processing-failed",
        detail:
          "It cannot be said whether to drop it. The expression needs “temperature”, which is not there; has(…) asks for it.",
      },
    ],
  ])("%s", (_, values, expected) => {
    const process = compileProcessing(
      [
        { op: "rename", from: "t", to: "temperature" },
        { op: "convert", field: "temperature", from: "F", to: "Cel" },
      ],
      "values.temperature < -50",
    );

    expect(process?.(values, device)).toEqual(expected);
  });

  it("a question whose answer is neither true nor false refuses the reading", () => {
    expect(compileProcessing([], "values.a + 1")?.({ a: 1 }, device)).toMatchObject({
      ok: false,
      detail: "The expression for dropping is not true or false.",
    });
  });

  it("is refused when it makes no sense", () => {
    expect(() => compileProcessing([], "value > 1")).toThrow(SchemaUnusable);
    expect(() => compileProcessing([{ op: "set", field: "9", value: 1 }], "")).toThrow(
      SchemaUnusable,
    );
  });
});

describe("the fields after processing", () => {
  const schema = {
    properties: {
      temp: { type: "number", unit: "[degF]", description: "Of the oil." },
      on: { type: "boolean" },
      serial: { type: "string", category: "personal" },
      raw: { type: "string" },
    },
  };
  const shortOf = (steps: readonly TransformStep[]) =>
    processedFields(schema, steps).map(({ position, name, type, unit }) =>
      [position, name, type, unit ?? "-"].join(" "),
    );
  const unchanged = [
    "0 temp number [degF]",
    "1 on boolean -",
    "2 serial string -",
    "3 raw string -",
  ];

  it.each<[string, readonly TransformStep[], readonly string[]]>([
    ["as declared", [], unchanged],
    [
      "renamed, in the same place",
      [{ op: "rename", from: "temp", to: "temperature" }],
      ["0 temperature number [degF]", ...unchanged.slice(1)],
    ],
    [
      "renamed to one that was there",
      [{ op: "rename", from: "temp", to: "on" }],
      ["0 on number [degF]", "1 serial string -", "2 raw string -"],
    ],
    ["renamed from one that was not", [{ op: "rename", from: "x", to: "y" }], unchanged],
    [
      "removed",
      [{ op: "remove", field: "temp" }],
      ["0 on boolean -", "1 serial string -", "2 raw string -"],
    ],
    [
      "in another unit",
      [{ op: "convert", field: "temp", from: "[degF]", to: "Cel" }],
      ["0 temp number Cel", ...unchanged.slice(1)],
    ],
    [
      "of another type",
      [{ op: "cast", field: "raw", to: "number" }],
      ["0 temp number [degF]", "1 on boolean -", "2 raw number -", "3 serial string -"],
    ],
    [
      "computed",
      [
        { op: "compute", field: "warm", expression: "values.temp > 70" },
        { op: "compute", field: "power", expression: "values.u * 2", unit: "W" },
        { op: "compute", field: "word", expression: "values.on ? 'on' : 'off'" },
      ],
      [
        "0 temp number [degF]",
        "1 on boolean -",
        "2 warm boolean -",
        "3 power number W",
        "4 serial string -",
        "5 raw string -",
        "6 word string -",
      ],
    ],
    [
      "set, enriched and by default",
      [
        { op: "set", field: "on", value: null },
        { op: "default", field: "temp", value: "x" },
        { op: "default", field: "limit", value: 5 },
        { op: "enrich", field: "site", attribute: "site" },
      ],
      [
        "0 temp number [degF]",
        "1 limit number -",
        "2 serial string -",
        "3 raw string -",
        "4 site string -",
      ],
    ],
  ])("%s", (_, steps, expected) => {
    expect(shortOf(steps)).toEqual(expected);
  });

  it("keep what is said of them", () => {
    const fields = processedFields(schema, [
      { op: "rename", from: "serial", to: "number" },
      { op: "convert", field: "temp", from: "[degF]", to: "Cel" },
    ]);

    expect(fields).toContainEqual(
      expect.objectContaining({ name: "number", category: "personal" }),
    );
    expect(fields).toContainEqual(
      expect.objectContaining({ name: "temp", description: "Of the oil." }),
    );
  });

  it("without a schema they are what the steps make", () => {
    expect(processedFields(null, [{ op: "set", field: "a", value: 1 }])).toMatchObject([
      { position: 0, name: "a", type: "number" },
    ]);
  });
});
