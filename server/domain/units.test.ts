import { describe, expect, it, test } from "vitest";
import { displayOf, quantities, unitPreferenceFrom } from "#server/domain/units.ts";

test.each([
  ["Cel", "temperature", "[degF]", 100, 212, "°F"],
  ["°C", "temperature", "[degF]", -40, -40, "°F"],
  ["Cel", "temperature", "K", 21, 294.15, "K"],
  ["[degF]", "temperature", "Cel", 98.6, 37, "°C"],
  ["bar", "pressure", "[psi]", 1, 14.503_773_773, "psi"],
  ["[psi]", "pressure", "kPa", 30, 206.842_718_795, "kPa"],
  ["hPa", "pressure", "Pa", 1_013.25, 101_325, "Pa"],
  ["m", "length", "[ft_i]", 1, 3.280_839_895, "ft"],
  ["L", "volume", "[gal_us]", 3.785_411_784, 1, "gal"],
  ["kW.h", "energy", "MJ", 1, 3.6, "MJ"],
  ["m/s", "speed", "km/h", 10, 36, "km/h"],
  ["km/h", "speed", "[mi_i]/h", 100, 62.137_119_224, "mph"],
  ["[HP]", "power", "kW", 1, 0.745_699_872, "kW"],
])("%s with %s in %s: %d is shown as %d %s", (stored, quantity, wanted, value, shown, unit) => {
  const display = displayOf(stored, { [quantity]: wanted });
  expect(display.of(value)).toBeCloseTo(shown, 8);
  expect(display).toMatchObject({ unit, converts: true });
});

describe("what is shown as it was measured", () => {
  it.each([
    [null, ""],
    ["", ""],
    ["furlong", "furlong"],
    ["Cel", "°C"],
    ["%", "%"],
  ])("%s, without a choice for it", (stored, unit) => {
    const display = displayOf(stored, { pressure: "bar" });
    expect(display).toMatchObject({ unit, converts: false });
    expect(display.of(0.1 + 0.2)).toBe(0.1 + 0.2);
  });
  it("a choice of another quantity's unit", () => {
    expect(displayOf("Cel", { temperature: "bar" })).toMatchObject({ unit: "°C", converts: false });
  });
});

it("infinities and what is no number stay what they are", () => {
  const { of } = displayOf("Cel", { temperature: "K" });
  expect(of(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(of(Number.NaN)).toBeNaN();
});

it("there and back again is where it was, for every pair of units of a quantity", () => {
  for (const { key, units } of quantities) {
    for (const from of units) {
      for (const to of units) {
        const there = displayOf(from.code, { [key]: to.code }).of(12.5);
        expect(displayOf(to.code, { [key]: from.code }).of(there)).toBeCloseTo(12.5, 6);
      }
    }
  }
});

test.each([
  ["Cel", "temperature", "[degF]", 104, 40],
  ["Cel", "temperature", "[degF]", -40, -40],
  ["kPa", "pressure", "[psi]", 30, 206.842_718_795],
  ["m", "length", "[ft_i]", 1, 0.3048],
  ["%", "pressure", "bar", 80, 80],
])("of %s, %s in %s: %d was entered, %d is kept", (stored, quantity, wanted, entered, kept) => {
  expect(displayOf(stored, { [quantity]: wanted }).back(entered)).toBeCloseTo(kept, 8);
});

it("what a person has entered is shown as it was entered, whichever units", () => {
  for (const { key, units } of quantities) {
    for (const from of units) {
      for (const to of units) {
        const display = displayOf(from.code, { [key]: to.code });
        for (const number of [0, 0.1, 7.3, -18, 1_234.5]) {
          expect(display.of(display.back(number))).toBe(number);
          // A form that is sent as it was opened changes nothing.
          expect(display.back(display.of(number))).toBe(number);
        }
      }
    }
  }
});

test.each([
  ["mean", "Cel", 20, 68, "°F"],
  ["min", "Cel", 20, 68, "°F"],
  ["last", "Cel", 20, 68, "°F"],
  ["count", "Cel", 20, 20, ""],
  // Sums of readings: their number would have to be known.
  ["sum", "Cel", 20, 20, "°C"],
  ["sum", "bar", 2, 200, "kPa"],
  ["count", "bar", 2, 2, ""],
] as const)(
  "the %s of readings in %s: %d is shown as %d %s",
  (aggregate, stored, of, shown, unit) => {
    const display = displayOf(stored, { temperature: "[degF]", pressure: "kPa" }, aggregate);
    expect([display.of(of), display.unit]).toEqual([shown, unit]);
  },
);

it("a spelling means one unit", () => {
  const spellings = quantities.flatMap(({ units }) =>
    units.flatMap(({ code, also }) => [code, ...also]),
  );
  expect(new Set(spellings).size).toBe(spellings.length);
});

test.each([
  [null, {}],
  ["kPa", {}],
  [{ temperature: "K", pressure: "furlong", mood: "m", length: 3 }, { temperature: "K" }],
])("of the stored choice %j the part that exists is %j", (stored, kept) => {
  expect(unitPreferenceFrom(stored)).toEqual(kept);
});
