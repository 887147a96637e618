import { describe, expect, it } from "vitest";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { guessCategory, guessUnit } from "#server/schema/guess-field.ts";
import { inferSchema, type ValuesSample } from "#server/schema/infer-schema.ts";

/** A recorded fleet: pumps of two firmware versions, meters, and trackers. */
function mixedFleet(): readonly ValuesSample[] {
  const samples: ValuesSample[] = [];
  for (let n = 0; n < 40; n += 1) {
    const isNew = n % 2 === 1;
    samples.push({
      deviceId: `pump-${n % 5}`,
      firmware: isNew ? "2.0" : "1.9",
      values: {
        ...(isNew ? { pressure_bar: 3 + n / 10 } : { pressure: 3 + n / 10 }),
        temp_c: n % 3 === 0 ? 21 : 21.5,
        running: n % 4 !== 0,
        mode: ["auto", "hand", "off"][n % 3],
        starts: n,
        rssi: -60 - n,
        at: new Date(1_795_000_000_000 + n).toISOString(),
        motor: { rpm: 1000 + n, phase: n % 2 === 0 ? null : 1.5 },
        note: `free text ${n}`,
      },
    });
  }
  return samples;
}

describe("what is proposed for a recorded mixed fleet", () => {
  const { jsonSchema, evidence } = inferSchema(mixedFleet());

  it("is what a person would write", () => {
    expect(jsonSchema).toEqual({
      type: "object",
      properties: {
        temp_c: { type: "number", unit: "Cel" },
        running: { type: "boolean" },
        mode: { type: "string", enum: ["auto", "hand", "off"] },
        starts: { type: "integer" },
        rssi: { type: "integer", category: "diagnostics" },
        at: { type: "string", format: "date-time" },
        motor: {
          type: "object",
          properties: {
            rpm: { type: "integer", unit: "/min" },
            phase: { type: ["number", "null"] },
          },
          required: ["rpm", "phase"],
        },
        note: { type: "string" },
        pressure: { type: "number" },
        pressure_bar: { type: "number", unit: "bar" },
      },
      required: ["temp_c", "running", "mode", "starts", "rssi", "at", "motor", "note"],
    });
  });

  it("takes every message that it was made of", () => {
    const { validate } = compileSchema(jsonSchema);
    for (const { values } of mixedFleet()) expect(validate(values)).toEqual({ ok: true });
  });

  it("shows which firmware sends the renamed field", () => {
    const found = evidence.filter(({ field }) => field.startsWith("pressure"));
    expect(found).toMatchObject([
      { field: "pressure", seen: 20, of: 40, types: "number 20", firmware: ["1.9"] },
      { field: "pressure_bar", seen: 20, firmware: ["2.0"], least: 3.1, most: 6.9 },
    ]);
  });
});

it.each([
  ["a field that is a number or text", [{ a: 1 }, { a: "x" }], { type: ["integer", "string"] }],
  ["a field that is sometimes null", [{ a: 1.5 }, { a: null }], { type: ["number", "null"] }],
  ["a field that is always null", [{ a: null }], {}],
  ["a list", [{ a: [1, 2.5] }], { type: "array", items: { type: "number" } }],
  ["an empty list", [{ a: [] }], { type: "array" }],
  [
    "an identifier",
    [{ a: "5f0c7c1e-6a0b-4b6e-9a53-6d2f1f7f3c11" }],
    { type: "string", format: "uuid" },
  ],
])("%s", (_, values, expected) => {
  const { jsonSchema } = inferSchema(values.map((each) => ({ values: each })));
  expect(jsonSchema).toEqual({ type: "object", properties: { a: expected } });
});

it("nothing is required of few samples, and no words are taken for a choice", () => {
  const samples = Array.from({ length: 19 }, () => ({ values: { a: "x" } }));
  expect(inferSchema(samples).jsonSchema).toEqual({
    type: "object",
    properties: { a: { type: "string" } },
  });
});

it("a hostile name is no field", () => {
  const values: Record<string, unknown> = JSON.parse('{"__proto__":1,"constructor":2,"a":3}');
  expect(inferSchema([{ values }]).evidence.map(({ field }) => field)).toEqual(["a"]);
});

it.each([
  ["temperature_c", "Cel"],
  ["tempF", "[degF]"],
  ["supplyPressureKpa", "kPa"],
  ["humidity", "%"],
  ["energy_kwh", "kW.h"],
  ["flow-lpm", "L/min"],
  ["c", undefined],
  ["m", undefined],
  ["mode", undefined],
])("the name %s suggests the unit %s", (name, unit) => {
  expect(guessUnit(name)).toBe(unit);
});

it.each([
  ["heart_rate", "health"],
  ["gpsLat", "location"],
  ["ownerEmail", "personal"],
  ["batteryLevel", "diagnostics"],
  ["pressure", undefined],
  ["relation", undefined],
])("the name %s suggests the category %s", (name, category) => {
  expect(guessCategory(name)).toBe(category);
});
