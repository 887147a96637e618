import {
  atoms,
  prefixes,
  spellings,
  type Dimension,
  type UnitAtom,
} from "#server/schema/unit-table.ts";

/** A unit in terms of the base units of its dimension: base = value × factor + offset. */
type Unit = { readonly factor: number; readonly offset: number; readonly dimension: Dimension };

export type Conversion =
  | { readonly ok: true; readonly value: number }
  /** In words that stand alone. */
  | { readonly ok: false; readonly message: string };

const longestUnit = 32;
const annotation = /\{[\x21-\x7a\x7c\x7e]*\}/g;
const part = /^([^0-9]*[^0-9+-])([+-]?[1-9])?$/;

/** @returns what is wrong with a unit, in words that stand alone; undefined when it is known */
export function unitProblem(text: string): string | undefined {
  return parseUnit(text) === undefined
    ? `“${text.slice(0, longestUnit)}” is no unit of UCUM that is known here, such as Cel, bar, m3/h or %.`
    : undefined;
}

/**
 * Prepares the conversion between two units that measure the same.
 * @returns the function, or what is wrong in words that stand alone
 */
export function unitConverter(from: string, to: string): ((value: number) => number) | string {
  const source = parseUnit(from);
  const target = parseUnit(to);
  if (source === undefined) return unitProblem(from) ?? "";
  if (target === undefined) return unitProblem(to) ?? "";
  if (!isSameDimension(source.dimension, target.dimension)) {
    return `“${from}” and “${to}” do not measure the same.`;
  }
  // Equal units must not lose digits on the way.
  if (source.factor === target.factor && source.offset === target.offset) return (value) => value;
  const shift = source.offset - target.offset;
  return (value) => rounded((value * source.factor + shift) / target.factor);
}

/** To 14 digits: 25 °C are 77 °F, not 77.00000000000003. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(14)) : value;
}

export function convertUnit(value: number, from: string, to: string): Conversion {
  const convert = unitConverter(from, to);
  if (typeof convert === "string") return { ok: false, message: convert };
  const converted = convert(value);
  return Number.isFinite(converted)
    ? { ok: true, value: converted }
    : { ok: false, message: `The value in “${to}” is too large for a number.` };
}

function isSameDimension(a: Dimension, b: Dimension): boolean {
  return a.every((exponent, index) => exponent === b[index]);
}

/** UCUM's case-sensitive codes joined by . and /, and the spellings that people use. */
function parseUnit(text: string): Unit | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > longestUnit) return undefined;
  const whole = spellings.get(trimmed) ?? trimmed;
  return (
    atomOf(whole) ??
    product(
      whole
        .replaceAll("²", "2")
        .replaceAll("³", "3")
        .replaceAll("^", "")
        .replaceAll(/[·*]/g, ".")
        .replaceAll(annotation, ""),
    )
  );
}

function product(text: string): Unit | undefined {
  // Nothing but an annotation, such as {count}: a number without a unit.
  if (text === "") return { factor: 1, offset: 0, dimension: noDimension };
  let factor = 1;
  let dimension: Dimension = noDimension;
  const pieces = text.split(/([./])/);
  for (let index = 0; index < pieces.length; index += 2) {
    const piece = pieces[index] ?? "";
    if (piece === "" && index === 0 && pieces.length > 1) continue;
    const unit = powerOf(piece);
    if (unit === undefined) return undefined;
    const sign = pieces[index - 1] === "/" ? -1 : 1;
    factor *= unit.factor ** sign;
    dimension = dimension.map((exponent, at) => exponent + sign * (unit.dimension[at] ?? 0));
  }
  return { factor, offset: 0, dimension };
}

/** A part of a product: "m3", "s-1", "100". A temperature in one is a difference of temperatures. */
function powerOf(piece: string): Unit | undefined {
  if (/^[1-9][0-9]{0,6}$/.test(piece)) {
    return { factor: Number(piece), offset: 0, dimension: noDimension };
  }
  const [, symbol = piece, exponent = "1"] = part.exec(piece) ?? [];
  const unit = atomOf(piece) ?? atomOf(symbol) ?? atomOf(spellings.get(symbol) ?? symbol);
  if (unit === undefined) return undefined;
  // The digits of cm[H2O] are its own.
  const power = atomOf(piece) === undefined ? Number(exponent) : 1;
  return {
    factor: unit.factor ** power,
    offset: 0,
    dimension: unit.dimension.map((each) => each * power),
  };
}

/** A unit by its code, with an SI prefix where it may have one. */
function atomOf(code: string): Unit | undefined {
  const atom = atoms.get(code);
  if (atom !== undefined) return unitOf(atom, 1);
  for (const [prefix, factor] of prefixes) {
    if (!code.startsWith(prefix)) continue;
    const rest = atoms.get(code.slice(prefix.length));
    if (rest?.metric === true) return unitOf(rest, factor);
  }
  return undefined;
}

function unitOf({ factor, offset, dimension }: UnitAtom, scale: number): Unit {
  return { factor: factor * scale, offset, dimension };
}

const noDimension: Dimension = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
