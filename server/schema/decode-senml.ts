import { decode } from "#server/pipeline/decode.ts";
import { quoteName, type JsonObject } from "#server/pipeline/readings.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";
import { readCbor } from "#server/schema/decode-cbor.ts";
import { groupByTime, type Measurement } from "#server/schema/group-by-time.ts";
import { isObject } from "#server/schema/is-object.ts";
import { senmlFieldName } from "#server/schema/senml-name.ts";

/** Labels of SenML in CBOR (RFC 8428 §6). */
const cborLabels: ReadonlyMap<string, string> = new Map([
  ["-1", "bver"],
  ["-2", "bn"],
  ["-3", "bt"],
  ["-4", "bu"],
  ["-5", "bv"],
  ["-6", "bs"],
  ["0", "n"],
  ["1", "u"],
  ["2", "v"],
  ["3", "vs"],
  ["4", "vb"],
  ["5", "s"],
  ["6", "t"],
  ["7", "ut"],
  ["8", "vd"],
]);

/** The type of each field that is known; others are left out, as the standard wants. */
const types: ReadonlyMap<string, "string" | "number" | "boolean"> = new Map([
  ...(["bn", "n", "bu", "u", "vs", "vd"] as const).map((name) => [name, "string"] as const),
  ...(["bver", "bt", "t", "ut", "bv", "v", "bs", "s"] as const).map(
    (name) => [name, "number"] as const,
  ),
  ["vb", "boolean"],
]);
const newestVersion = 10;
/** Smaller times are seconds from now (RFC 8428 §4.5.3). */
const firstAbsoluteSecond = 2 ** 28;

/**
 * Turns a SenML pack in JSON into readings: records resolved and grouped by time.
 * @param receivedAt epoch milliseconds that relative times count from; without it they are left out
 */
export function decodeSenmlJson(payload: Buffer, receivedAt?: number): Stage<unknown> {
  const decoded = decode(payload);
  return decoded.ok ? resolvePack(decoded.value, undefined, receivedAt) : decoded;
}

/** As {@link decodeSenmlJson}, in CBOR; byte strings become base64url text. */
export function decodeSenmlCbor(payload: Buffer, receivedAt?: number): Stage<unknown> {
  const decoded = readCbor(payload, { integerKeys: true, byteStrings: true });
  return decoded.ok ? resolvePack(decoded.value, cborLabels, receivedAt) : decoded;
}

function resolvePack(
  pack: unknown,
  labels: ReadonlyMap<string, string> | undefined,
  receivedAt: number | undefined,
): Stage<unknown> {
  if (!Array.isArray(pack)) return refused("The payload is not a SenML pack: send an array.");
  if (pack.length === 0) return refuse("empty", "The SenML pack has no records.");
  const base: Base = { name: "", time: 0, value: 0, sum: 0, device: undefined };
  const measurements: Measurement[] = [];
  for (const [index, item] of pack.entries()) {
    const record = recordOf(item, labels, index);
    if (!record.ok) return record;
    const resolved = resolveRecord(record.value, base, index, receivedAt);
    if (!resolved.ok) return resolved;
    measurements.push(...resolved.value);
  }
  if (measurements.length === 0) return refuse("empty", "The SenML pack has no values.");
  return groupByTime(measurements);
}

function refused(detail: string): Refusal {
  return refuse("not-senml", detail);
}

/** One record with JSON's labels and the right types. */
function recordOf(
  item: unknown,
  labels: ReadonlyMap<string, string> | undefined,
  index: number,
): Stage<JsonObject> {
  if (!isObject(item)) return refused(`Record ${index} is not an object.`);
  const fields = new Map<string, unknown>();
  for (const [label, value] of Object.entries(item)) {
    const name = labels?.get(label) ?? label;
    if (name.endsWith("_")) {
      return refused(
        `Record ${index} has ${quoteName(name)}, which must be understood and is not.`,
      );
    }
    const type = types.get(name);
    if (type === undefined) continue;
    if (fields.has(name)) return refuse("duplicate-key", `Record ${index} has "${name}" twice.`);
    if (typeof value !== type) return refused(`Record ${index} has "${name}" that is no ${type}.`);
    fields.set(name, value);
  }
  return pass(Object.fromEntries(fields));
}

/** What earlier records say for those that follow. */
type Base = { name: string; time: number; value: number; sum: number; device: string | undefined };

function numberIn(record: JsonObject, name: string, otherwise: number): number {
  const value = record[name];
  return typeof value === "number" ? value : otherwise;
}

function textIn(record: JsonObject, name: string, otherwise: string): string {
  const value = record[name];
  return typeof value === "string" ? value : otherwise;
}

function takeBase(record: JsonObject, base: Base): void {
  base.name = textIn(record, "bn", base.name);
  base.time = numberIn(record, "bt", base.time);
  base.value = numberIn(record, "bv", base.value);
  base.sum = numberIn(record, "bs", base.sum);
}

/** No measurement for a record of base fields only, two for one with value and sum. */
function resolveRecord(
  record: JsonObject,
  base: Base,
  index: number,
  receivedAt: number | undefined,
): Stage<readonly Measurement[]> {
  const version = numberIn(record, "bver", newestVersion);
  if (version > newestVersion) {
    return refused(`Record ${index} is of SenML version ${version}; ${newestVersion} is known.`);
  }
  takeBase(record, base);
  const values = ["v", "vs", "vb", "vd"].filter((name) => Object.hasOwn(record, name));
  if (values.length > 1) return refused(`Record ${index} has several values.`);
  const [kind] = values;
  const hasSum = Object.hasOwn(record, "s");
  if (kind === undefined && !hasSum) {
    const isBase = !["n", "u", "t", "ut"].some((name) => Object.hasOwn(record, name));
    return isBase ? pass([]) : refused(`Record ${index} has neither a value nor a sum.`);
  }
  const { name, device = base.device } = senmlFieldName(base.name, textIn(record, "n", ""));
  base.device ??= device;
  if (device !== base.device) {
    return refuse(
      "unsupported-value",
      `Record ${index} is of another device than those before it. Send a pack for each device.`,
    );
  }
  const ts = millisOf(base.time + numberIn(record, "t", 0), receivedAt);
  const measurements: Measurement[] = [];
  if (kind !== undefined) measurements.push({ name, ts, value: valueOf(record, kind, base) });
  if (hasSum) {
    measurements.push({ name: `${name}.sum`, ts, value: base.sum + numberIn(record, "s", 0) });
  }
  const isTooLarge = measurements.some(({ value }) => value === Infinity || value === -Infinity);
  return isTooLarge
    ? refuse("unsupported-value", `Record ${index} has a value too large for a double.`)
    : pass(measurements);
}

function valueOf(record: JsonObject, kind: string, base: Base): unknown {
  return kind === "v" ? base.value + numberIn(record, "v", 0) : record[kind];
}

/** Epoch milliseconds to the microsecond; undefined when it is now, or from an unknown now. */
function millisOf(seconds: number, receivedAt: number | undefined): number | undefined {
  if (seconds === 0) return undefined;
  const isRelative = seconds < firstAbsoluteSecond;
  if (isRelative && receivedAt === undefined) return undefined;
  const from = isRelative ? (receivedAt ?? 0) : 0;
  return Math.round((from + seconds * 1000) * 1000) / 1000;
}
