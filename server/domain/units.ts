import type { Aggregate } from "#server/domain/telemetry-query.ts";

/** A unit of one quantity: `value * factor + offset` is in the quantity's base unit. */
export type Unit = {
  /** UCUM. */
  readonly code: string;
  /** As people write it. */
  readonly label: string;
  readonly name: string;
  readonly factor: number;
  readonly offset: number;
  /** Other spellings that schemas use. */
  readonly also: readonly string[];
};

/** What units can be changed into each other. */
export type Quantity = {
  readonly key: string;
  readonly label: string;
  readonly units: readonly Unit[];
};

function unit(
  code: string,
  label: string,
  name: string,
  factor: number,
  more: { readonly offset?: number; readonly also?: readonly string[] } = {},
): Unit {
  return { code, label, name, factor, offset: more.offset ?? 0, also: more.also ?? [] };
}

const poundForcePerSquareInch = 6_894.757_293_168_361;

/** Factors are exact by definition where there is one (international yard and pound, US gallon). */
export const quantities: readonly Quantity[] = [
  {
    key: "temperature",
    label: "Temperature",
    units: [
      unit("Cel", "°C", "degrees Celsius", 1, { offset: 273.15, also: ["°C", "degC", "C"] }),
      unit("[degF]", "°F", "degrees Fahrenheit", 5 / 9, {
        offset: (459.67 * 5) / 9,
        also: ["°F", "degF"],
      }),
      unit("K", "K", "kelvin", 1),
    ],
  },
  {
    key: "pressure",
    label: "Pressure",
    units: [
      unit("Pa", "Pa", "pascals", 1),
      unit("hPa", "hPa", "hectopascals", 100, { also: ["mbar"] }),
      unit("kPa", "kPa", "kilopascals", 1_000),
      unit("MPa", "MPa", "megapascals", 1_000_000),
      unit("bar", "bar", "bar", 100_000),
      unit("[psi]", "psi", "pounds per square inch", poundForcePerSquareInch, { also: ["psi"] }),
    ],
  },
  {
    key: "length",
    label: "Length",
    units: [
      unit("mm", "mm", "millimetres", 0.001),
      unit("cm", "cm", "centimetres", 0.01),
      unit("m", "m", "metres", 1),
      unit("km", "km", "kilometres", 1_000),
      unit("[in_i]", "in", "inches", 0.0254, { also: ["in"] }),
      unit("[ft_i]", "ft", "feet", 0.3048, { also: ["ft"] }),
      unit("[mi_i]", "mi", "miles", 1_609.344, { also: ["mi"] }),
    ],
  },
  {
    key: "speed",
    label: "Speed",
    units: [
      unit("m/s", "m/s", "metres per second", 1),
      unit("km/h", "km/h", "kilometres per hour", 1 / 3.6, { also: ["kph"] }),
      unit("[mi_i]/h", "mph", "miles per hour", 0.447_04, { also: ["mph"] }),
      unit("[kn_i]", "kn", "knots", 1_852 / 3_600, { also: ["kn"] }),
    ],
  },
  {
    key: "volume",
    label: "Volume",
    units: [
      unit("L", "L", "litres", 1, { also: ["l"] }),
      unit("m3", "m³", "cubic metres", 1_000, { also: ["m³"] }),
      unit("[gal_us]", "gal", "US gallons", 3.785_411_784, { also: ["gal"] }),
    ],
  },
  {
    key: "flow",
    label: "Flow",
    units: [
      unit("L/min", "L/min", "litres per minute", 1, { also: ["l/min"] }),
      unit("L/s", "L/s", "litres per second", 60, { also: ["l/s"] }),
      unit("m3/h", "m³/h", "cubic metres per hour", 1_000 / 60, { also: ["m³/h"] }),
      unit("[gal_us]/min", "gal/min", "US gallons per minute", 3.785_411_784, {
        also: ["gpm", "gal/min"],
      }),
    ],
  },
  {
    key: "mass",
    label: "Mass",
    units: [
      unit("g", "g", "grams", 0.001),
      unit("kg", "kg", "kilograms", 1),
      unit("t", "t", "tonnes", 1_000),
      unit("[lb_av]", "lb", "pounds", 0.453_592_37, { also: ["lb"] }),
    ],
  },
  {
    key: "energy",
    label: "Energy",
    units: [
      unit("J", "J", "joules", 1),
      unit("kJ", "kJ", "kilojoules", 1_000),
      unit("MJ", "MJ", "megajoules", 1_000_000),
      unit("W.h", "Wh", "watt-hours", 3_600, { also: ["Wh"] }),
      unit("kW.h", "kWh", "kilowatt-hours", 3_600_000, { also: ["kWh"] }),
      unit("MW.h", "MWh", "megawatt-hours", 3_600_000_000, { also: ["MWh"] }),
    ],
  },
  {
    key: "power",
    label: "Power",
    units: [
      unit("W", "W", "watts", 1),
      unit("kW", "kW", "kilowatts", 1_000),
      unit("MW", "MW", "megawatts", 1_000_000),
      unit("[HP]", "hp", "horsepower", 745.699_871_582_270_2, { also: ["hp"] }),
    ],
  },
];

type Known = { readonly quantity: Quantity; readonly unit: Unit };

const known: ReadonlyMap<string, Known> = new Map(
  quantities.flatMap((quantity) =>
    quantity.units.flatMap((each) =>
      [each.code, ...each.also].map((spelling) => [spelling, { quantity, unit: each }] as const),
    ),
  ),
);

/** A person's choice: the UCUM code in which each quantity is shown; absent: as it was measured. */
export type UnitPreference = Readonly<Record<string, string>>;

/** How a number measured in one unit is shown. */
export type Display = {
  /** As people write it; empty without a unit. */
  readonly unit: string;
  /** False: values are shown as they are. */
  readonly converts: boolean;
  readonly of: (value: number) => number;
  /** The way back: what a person has entered, in the unit in which it was measured. */
  readonly back: (shown: number) => number;
};

const same = (value: number): number => value;

/** Removes what only the conversion brought: 21.000000000000004 is 21, and 5e-14 degrees are none. */
function settle(value: number, isShifted: boolean): number {
  if (!Number.isFinite(value)) return value;
  return Number((isShifted ? Number(value.toFixed(9)) : value).toPrecision(12));
}

function asMeasured(label: string): Display {
  return { unit: label, converts: false, of: same, back: same };
}

/**
 * How values of a schema's unit (UCUM) are shown to a person. A unit that is not known, or a
 * quantity without a choice, is shown as it was measured. `aggregate`: what the values are of many
 * readings. How many they are has no unit; and a sum of temperatures stays as it was measured,
 * because zero lies elsewhere on the other scale.
 */
export function displayOf(
  stored: string | null | undefined,
  preference: UnitPreference,
  aggregate?: Aggregate,
): Display {
  if (stored === null || stored === undefined || stored === "" || aggregate === "count") {
    return asMeasured("");
  }
  const from = known.get(stored);
  if (from === undefined) return asMeasured(stored);
  const wanted = preference[from.quantity.key];
  const to = from.quantity.units.find(({ code }) => code === wanted) ?? from.unit;
  const { factor, offset, label } = from.unit;
  const isShifted = to.offset !== offset;
  if (to === from.unit || (aggregate === "sum" && isShifted)) return asMeasured(label);
  const of = (value: number) =>
    settle((value * factor + offset - to.offset) / to.factor, isShifted);
  const back = (shown: number) =>
    roundest((shown * to.factor + to.offset - offset) / factor, (value) => of(value) === shown);
  return { unit: to.label, converts: true, of, back };
}

/** The shortest number that still is what is meant: 30 and not 30.00000000000006. */
function roundest(value: number, isMeant: (rounded: number) => boolean): number {
  if (!Number.isFinite(value)) return value;
  for (let decimals = 0; decimals < 10; decimals += 1) {
    // Adding nothing makes a zero of minus zero.
    const rounded = Number(value.toFixed(decimals)) + 0;
    if (isMeant(rounded)) return rounded;
  }
  for (let digits = 1; digits < 17; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (isMeant(rounded)) return rounded;
  }
  return value;
}

/** The choices that exist, of whatever was stored; others are left out. */
export function unitPreferenceFrom(stored: unknown): UnitPreference {
  if (typeof stored !== "object" || stored === null) return {};
  const entries: readonly (readonly [string, unknown])[] = Object.entries(stored);
  return Object.fromEntries(
    quantities.flatMap(({ key, units }) => {
      const wanted = entries.find(([name]) => name === key)?.[1];
      const code = units.find((each) => each.code === wanted)?.code;
      return code === undefined ? [] : [[key, code]];
    }),
  );
}
