import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atoms, spellings } from "#server/schema/unit-table.ts";
import { convertUnit, unitProblem } from "#server/schema/units.ts";

describe("a value in another unit", () => {
  it.each([
    [25, "Cel", "[degF]", 77],
    [25, "°C", "°F", 77],
    [77, "F", "C", 25],
    [-40, "C", "F", -40],
    [0, "Cel", "K", 273.15],
    [21.5, "Cel", "Cel", 21.5],
    [1.1, "bar", "kPa", 110],
    [1013.25, "mbar", "bar", 1.01325],
    [1, "bar", "hPa", 1000],
    [1, "atm", "Pa", 101_325],
    [1, "bar", "psi", 14.503773773021],
    [760, "mmHg", "Pa", 101_325.0144354],
    [1, "km", "m", 1000],
    [1, "[mi_i]", "km", 1.609344],
    [12, "in", "ft", 1],
    [1, "kg", "lb", 2.2046226218488],
    [1, "t", "kg", 1000],
    [60, "L/min", "m3/h", 3.6],
    [1, "m³/h", "L/s", 0.27777777777778],
    [1, "gpm", "L/min", 3.785411784],
    [100, "km/h", "m/s", 27.777777777778],
    [10, "mm/s", "cm/s", 1],
    [1, "kWh", "MJ", 3.6],
    [1, "hp", "W", 745.69987158227],
    [230, "V", "kV", 0.23],
    [500, "mA", "A", 0.5],
    [1, "mAh", "A.s", 3.6],
    [3000, "rpm", "Hz", 50],
    [50, "{RPM}/min", "rpm", 50],
    [50, "%", "1", 0.5],
    [1, "%", "ppm", 10_000],
    [90, "min", "h", 1.5],
    [180, "deg", "rad", Math.PI],
    [1, "klx", "lux", 1000],
    [1, "KiBy", "B", 1024],
    [1, "MB", "kB", 1000],
    [8, "Mbps", "MBy/s", 1],
    [1, "m.s-2", "m/s²", 1],
    [1, "[g]", "m/s^2", 9.80665],
    [1, "°C/min", "K/h", 60],
    [10, "cm[H2O]", "Pa", 980.665],
    [5, "{count}", "1", 5],
  ])("%d %s in %s", (value, from, to, expected) => {
    expect(convertUnit(value, from, to)).toEqual({
      ok: true,
      value: expect.closeTo(expected, 9) as number,
    });
  });

  it.each([
    ["bar", "Cel", /do not measure the same/],
    ["deg", "1", /do not measure the same/],
    ["By", "1", /do not measure the same/],
    ["dB", "%", /do not measure the same/],
    ["dBm", "dB", /do not measure the same/],
    ["m", "m2", /do not measure the same/],
    ["frobs", "m", /“frobs” is no unit/],
    ["m", "", /“” is no unit/],
    ["m//s", "m", /is no unit/],
    ["__proto__", "m", /is no unit/],
    ["x".repeat(100_000), "m", /is no unit/],
  ])("from %s to %s is refused", (from, to, message) => {
    expect(convertUnit(1, from, to)).toEqual({
      ok: false,
      message: expect.stringMatching(message) as string,
    });
  });

  it("a result that is no number any more is refused", () => {
    expect(convertUnit(1e308, "km", "nm")).toMatchObject({ ok: false });
  });
});

it("every spelling is a unit", () => {
  expect([...spellings.keys()].filter((text) => unitProblem(text) !== undefined)).toEqual([]);
});

it("there and back is where it was", () => {
  const units = [...atoms.keys(), ...spellings.keys(), "kPa", "m3/h", "L/min", "kW.h", "mm/s2"];
  fc.assert(
    fc.property(
      fc.constantFrom(...units),
      fc.constantFrom(...units),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      (from, to, value) => {
        const there = convertUnit(value, from, to);
        if (!there.ok) return;
        const back = convertUnit(there.value, to, from);
        if (!back.ok) throw new Error(back.message);
        // A degree Celsius next to 0 K, seen from far away, has only so many digits.
        const scale = Math.max(1, Math.abs(value), Math.abs(there.value) * 1e-3);
        expect(Math.abs(back.value - value) / scale).toBeLessThan(1e-9);
      },
    ),
    { numRuns: 5000 },
  );
});

it("any text is a unit or a problem in words, in no time", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      const problem = unitProblem(text);
      expect(problem === undefined || problem.length < 200).toBe(true);
    }),
  );
});
