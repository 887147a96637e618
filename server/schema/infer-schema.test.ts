import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { guessCategory, guessUnit } from "#server/schema/guess-field.ts";
import { schemaFields } from "#server/schema/schema-fields.ts";
import { inferSchema, type ValuesSample } from "#server/schema/infer-schema.ts";

const from = 1_795_000_000_000;
const time = (n: number) => new Date(from + n * 60_000).toISOString();

/** Pumps of two firmware versions: the newer renamed a field and sends what the older did not. */
const pumps = Array.from({ length: 40 }, (_, n): ValuesSample => {
  const isNew = n % 2 === 1;
  return {
    deviceId: `pump-${n % 5}`,
    firmware: isNew ? "2.0" : "1.9",
    values: {
      ...(isNew ? { pressure_bar: 3 + n / 10 } : { pressure: 3 + n / 10 }),
      temp_c: n % 3 === 0 ? 21 : 21.5,
      rssi: -60 - n,
      at: time(n),
      running: n % 4 !== 0,
      mode: ["auto", "hand", "off"][n % 3],
      starts: n,
      motor: { rpm: 1000 + n, phase: n % 2 === 0 ? null : 1.5 },
      note: `free text ${n}`,
    },
  };
});
/** Meters: whole numbers of what is measured, text for a code, null where a phase is not there. */
const meters = Array.from({ length: 25 }, (_, n): ValuesSample => ({
  deviceId: `meter-${n % 3}`,
  firmware: "5.1",
  values: {
    temp_c: 19 + n,
    rssi: -70,
    at: time(n),
    energy_kwh: 1000 + n,
    voltage: [230, 231.5, null],
    tariff: n % 5 === 0 ? 1 : "night",
    serial: `M-${n % 3}`,
    humidity: n % 6 === 0 ? null : 40 + n,
  },
}));
/** Trackers: places, people, and lists of readings. */
const trackers = Array.from({ length: 25 }, (_, n): ValuesSample => ({
  deviceId: `tracker-${n % 4}`,
  firmware: null,
  values: {
    temp_c: 5.5,
    rssi: -90 + n,
    at: time(n),
    lat: 54.3 + n / 100,
    lon: 10.1,
    heart_rate: 60 + n,
    trip: "5f0c7c1e-6a0b-4b6e-9a53-6d2f1f7f3c11",
    fixes: [
      { hdop: 1.5, sats: 7 },
      { hdop: 2, sats: 9 },
    ],
    events: [],
  },
}));
const fleet = [...pumps, ...meters, ...trackers];

describe("what is proposed for a recorded mixed fleet", () => {
  const { jsonSchema, evidence } = inferSchema(fleet);

  it("is what a person wrote for it by hand", () => {
    expect(jsonSchema).toEqual({
      type: "object",
      properties: {
        temp_c: { type: "number", unit: "Cel" },
        rssi: { type: "integer", category: "diagnostics" },
        at: { type: "string", format: "date-time" },
        running: { type: "boolean" },
        mode: { type: "string", enum: ["auto", "hand", "off"] },
        starts: { type: "integer" },
        motor: {
          type: "object",
          properties: {
            rpm: { type: "number", unit: "/min" },
            phase: { type: ["number", "null"] },
          },
          required: ["rpm", "phase"],
        },
        note: { type: "string" },
        energy_kwh: { type: "number", unit: "kW.h" },
        voltage: { type: "array", items: { type: ["number", "null"] } },
        tariff: { type: ["integer", "string"] },
        serial: { type: "string", enum: ["M-0", "M-1", "M-2"], category: "personal" },
        humidity: { type: ["number", "null"], unit: "%" },
        lat: { type: "number", unit: "deg", category: "location" },
        lon: { type: "number", unit: "deg", category: "location" },
        heart_rate: { type: "integer", category: "health" },
        trip: { type: "string", format: "uuid" },
        fixes: {
          type: "array",
          items: {
            type: "object",
            properties: { hdop: { type: "number" }, sats: { type: "integer" } },
            required: ["hdop", "sats"],
          },
        },
        events: { type: "array" },
        pressure: { type: "number" },
        pressure_bar: { type: "number", unit: "bar" },
      },
      required: ["temp_c", "rssi", "at"],
    });
  });

  it("takes every message that it was made of", () => {
    const { validate } = compileSchema(jsonSchema);
    for (const { values } of fleet) expect(validate(values)).toEqual({ ok: true });
  });

  it("shows which firmware sends the renamed field", () => {
    const found = evidence.filter(({ field }) => field.startsWith("pressure"));
    expect(found).toMatchObject([
      { field: "pressure", seen: 20, of: 90, types: "number 20", firmware: ["1.9"] },
      { field: "pressure_bar", seen: 20, firmware: ["2.0"], least: 3.1, most: 6.9 },
    ]);
  });

  it("shows what is sometimes null and sometimes text", () => {
    expect(evidence).toContainEqual(
      expect.objectContaining({ field: "tariff", types: "number 5, text 20" }),
    );
    expect(evidence).toContainEqual(
      expect.objectContaining({ field: "humidity", types: "null 5, number 20", least: 41 }),
    );
  });
});

it("whatever was sent, the draft can be used and takes it", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const samples = fc.array(
    fc.dictionary(fc.constantFrom("a", "b_c", "mode", "temp_c", "1 bad", "__proto__"), value),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(samples, (sent) => {
      const { jsonSchema } = inferSchema(sent.map((values) => ({ values })));
      const { validate } = compileSchema(jsonSchema);
      expect(sent.filter((values) => !validate(values).ok)).toEqual([]);
      expect(schemaFields(jsonSchema).length).toBeLessThanOrEqual(256);
    }),
    { numRuns: 100 },
  );
});

it("what is nested without end is left to the source", () => {
  const wide = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`m${n}`, n]));
  const values = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, wide]));

  const { jsonSchema } = inferSchema([{ values }]);

  expect(compileSchema(jsonSchema).validate(values)).toEqual({ ok: true });
  expect(jsonSchema).toMatchObject({ properties: { f0: { type: "object" } } });
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
  ["latitude", "deg"],
  ["uptime_s", "s"],
  ["supply_v", "V"],
  ["phase_a", undefined],
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
  ["valve_position", undefined],
  ["serialNumber", "personal"],
])("the name %s suggests the category %s", (name, category) => {
  expect(guessCategory(name)).toBe(category);
});
