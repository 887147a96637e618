import { fromBinary, type DescMessage } from "@bufbuild/protobuf";
import { isReflectMessage, reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { quoteName } from "#server/pipeline/readings.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";
import { groupByTime, type Measurement } from "#server/schema/group-by-time.ts";
import { dumpProtobuf } from "#server/schema/protobuf-dump.ts";
import { openProtobuf } from "#server/schema/protobuf-registry.ts";
import { scanProtobuf } from "#server/schema/scan-protobuf.ts";
import { sparkplugProto } from "#server/schema/sparkplug-proto.ts";
import { sparkplugValue } from "#server/schema/sparkplug-value.ts";

/** Opened at the first payload: most installations have none. */
let payloadType: DescMessage | undefined;

function typeOfPayload(): DescMessage {
  payloadType ??= openProtobuf("proto", sparkplugProto).registry.getMessage("sparkplug.Payload");
  if (payloadType === undefined) throw new Error("The Sparkplug payload has no type.");
  return payloadType;
}

/**
 * Turns a Sparkplug B payload into readings: metrics grouped by their time, or else the payload's.
 * The payload's seq is left out: it runs from 0 to 255 and over, and identifies nothing.
 */
export function decodeSparkplug(payload: Buffer): Stage<unknown> {
  if (payload.length === 0) return refuse("empty", "The payload is empty. Send metrics.");
  const type = typeOfPayload();
  const scanned = scanProtobuf(payload, type);
  if (!scanned.ok) {
    return scanned.reason === "not-protobuf"
      ? refuse("not-sparkplug", `The payload is not Sparkplug B: ${scanned.detail}`)
      : scanned;
  }
  const fields = readFields(type, payload);
  if (fields === undefined) return refuse("not-sparkplug", "The payload cannot be read.");
  const time = timeOf(fields, undefined);
  const metrics = fields.get("metrics");
  const measurements: Measurement[] = [];
  for (const metric of isIterable(metrics) ? metrics : []) {
    if (!isReflectMessage(metric)) continue;
    const measured = measurementOf(fieldsOf(metric), time, measurements.length);
    if (!measured.ok) return measured;
    measurements.push(measured.value);
  }
  if (measurements.length === 0) return refuse("empty", "The payload has no metrics.");
  return groupByTime(measurements);
}

/** The payload for people, whatever it is; bounded. */
export function describeSparkplug(payload: Buffer): string {
  return dumpProtobuf(payload, typeOfPayload());
}

type Fields = ReadonlyMap<string, unknown>;

function readFields(type: DescMessage, payload: Buffer): Fields | undefined {
  try {
    const message = fromBinary(type, payload, { readUnknownFields: false });
    return fieldsOf(reflect(type, message, false));
  } catch {
    return undefined;
  }
}

/** The fields that are there, by name. */
function fieldsOf(message: ReflectMessage): Fields {
  const present = message.fields.filter((field) => message.isSet(field));
  return new Map(present.map((field) => [field.name, message.get(field)]));
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** Epoch milliseconds; what is beyond 2^53 is beyond all bounds, and flagged as such later. */
function timeOf(fields: Fields, otherwise: number | undefined): number | undefined {
  const timestamp = fields.get("timestamp");
  return typeof timestamp === "bigint" ? Number(timestamp) : otherwise;
}

function measurementOf(
  metric: Fields,
  time: number | undefined,
  index: number,
): Stage<Measurement> {
  const name = metric.get("name");
  if (typeof name !== "string" || name === "") {
    const why = metric.has("alias")
      ? "has an alias only, whose name is in a birth certificate. Send the name with each metric."
      : "has no name.";
    return refuse("unsupported-value", `Metric ${index} ${why}`);
  }
  const ts = timeOf(metric, time);
  if (metric.get("is_null") === true) return pass({ name, ts, value: null });
  const sent = Array.from(metric, ([kind, value]) => ({ kind, value })).find(({ kind }) =>
    kind.endsWith("_value"),
  );
  const subject = `The metric ${quoteName(name)}`;
  if (sent === undefined) {
    return refuse("unsupported-value", `${subject} has no value. Send is_null when there is none.`);
  }
  const datatype = metric.get("datatype");
  const read = sparkplugValue(sent, typeof datatype === "number" ? datatype : undefined);
  return read.ok
    ? pass({ name, ts, value: read.value })
    : refuse("unsupported-value", `${subject} ${read.problem}`);
}
