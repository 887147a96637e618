import { shortestFloat } from "#server/schema/shortest-float.ts";

/** The one value of a metric, by the name of its field in the payload. */
export type MetricValue = { readonly kind: string; readonly value: unknown };

/** A value, or why there is none, in words that follow "The metric …". */
export type ValueOrProblem =
  | { readonly ok: true; readonly value: number | string | boolean }
  | { readonly ok: false; readonly problem: string };

type Integer = { readonly bits: number; readonly signed: boolean };

/** Whole numbers by their datatype (Sparkplug B 3.0 §6.4.16); DateTime is epoch milliseconds. */
const integers: ReadonlyMap<number, Integer> = new Map([
  [1, { bits: 8, signed: true }],
  [2, { bits: 16, signed: true }],
  [3, { bits: 32, signed: true }],
  [4, { bits: 64, signed: true }],
  [5, { bits: 8, signed: false }],
  [6, { bits: 16, signed: false }],
  [7, { bits: 32, signed: false }],
  [8, { bits: 64, signed: false }],
  [13, { bits: 64, signed: false }],
]);
/** Datatypes by the fields that may hold them. */
const others: ReadonlyMap<number, readonly string[]> = new Map([
  [9, ["float_value"]],
  [10, ["double_value", "float_value"]],
  [11, ["boolean_value"]],
  [12, ["string_value"]],
  [14, ["string_value"]],
  [15, ["string_value"]],
  [17, ["bytes_value"]],
  [18, ["bytes_value"]],
]);
const kindsWithoutDatatype = ["float_value", "double_value", "boolean_value", "string_value"];
const dataSet = 16;
const template = 19;

/** What a metric's value is; `datatype` undefined when the metric does not say it. */
export function sparkplugValue(sent: MetricValue, datatype: number | undefined): ValueOrProblem {
  const { kind } = sent;
  if (datatype === dataSet || kind === "dataset_value")
    return problem("is a data set. Send its values as metrics.");
  if (datatype === template || kind === "template_value")
    return problem("is a template. Send its values as metrics.");
  if (datatype === undefined || datatype === 0) {
    return kindsWithoutDatatype.includes(kind)
      ? plain(sent)
      : problem(
          "has a value whose sign and size are unknown without its birth certificate. Send the datatype with each metric.",
        );
  }
  const integer = integers.get(datatype);
  if (integer !== undefined) return integerValue(sent, integer);
  const kinds = others.get(datatype);
  if (kinds === undefined) {
    return problem(
      `has the datatype ${datatype}, which is not read. Send single numbers, booleans and text.`,
    );
  }
  return kinds.includes(kind) ? plain(sent) : problem("has a value that is not of its datatype.");
}

function problem(text: string): ValueOrProblem {
  return { ok: false, problem: text };
}

/** Negative numbers come as two's complement, of 32 bits from some senders and of their own from others. */
function integerValue({ kind, value }: MetricValue, { bits, signed }: Integer): ValueOrProblem {
  const isInteger = kind === "int_value" || kind === "long_value";
  if (!isInteger || (typeof value !== "number" && typeof value !== "bigint")) {
    return problem("has a value that is not of its datatype.");
  }
  const raw = BigInt(value);
  const whole = signed ? BigInt.asIntN(bits, raw) : raw;
  const isInRange = signed ? isSignExtended(raw, whole) : raw < 1n << BigInt(bits);
  if (!isInRange) return problem(`has a value that does not fit into ${bits} bits.`);
  const number = Number(whole);
  return Number.isSafeInteger(number)
    ? { ok: true, value: number }
    : problem("is a whole number beyond 2^53. Send it as a double or as text.");
}

/** Whether the bits above are those of a number that was made longer. */
function isSignExtended(raw: bigint, whole: bigint): boolean {
  return [8, 16, 32, 64].some((bits) => BigInt.asUintN(bits, whole) === raw);
}

function plain({ kind, value }: MetricValue): ValueOrProblem {
  if (value instanceof Uint8Array) {
    return { ok: true, value: Buffer.from(value).toString("base64") };
  }
  if (typeof value === "boolean" || typeof value === "string") return { ok: true, value };
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return problem("is NaN or infinite. Leave it out, or send is_null.");
  }
  return { ok: true, value: kind === "float_value" ? shortestFloat(value) : value };
}
