import { ScalarType, type DescEnum, type DescField } from "@bufbuild/protobuf";
import { isReflectList, isReflectMap, isReflectMessage } from "@bufbuild/protobuf/reflect";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { refuse, type Refusal } from "#server/pipeline/stage.ts";
import { shortestFloat } from "#server/schema/shortest-float.ts";

/** The first value that JSON cannot say, found while a message is made plain. */
export type Conversion = { refusal: Refusal | undefined };

const millisPerSecond = 1000;
const nanosPerSecond = 1_000_000_000;
/** 0001-01-01 to the end of 9999, as google.protobuf.Timestamp allows. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

/**
 * A decoded message as plain values, by the names of its .proto. Enum values become their names,
 * bytes base64 text, timestamps RFC 3339 text, wrappers what they wrap. A field without presence
 * always has a value, for the sender leaves out its 0; other fields, lists and maps only when set.
 */
export function plainMessage(
  message: ReflectMessage,
  conversion: Conversion,
): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const field of message.fields) {
    if (!message.isSet(field) && !isZeroSent(field)) continue;
    plain[field.name] = plainField(field, message.get(field), conversion);
  }
  return plain;
}

/** Whether a field that is not there has the value zero: proto3's scalars without `optional`. */
function isZeroSent(field: DescField): boolean {
  const isSingle = field.fieldKind === "scalar" || field.fieldKind === "enum";
  return isSingle && field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

function plainField(field: DescField, value: unknown, conversion: Conversion): unknown {
  if (isReflectList(value)) {
    return Array.from(value, (item) => plainValue(field, item, conversion));
  }
  if (isReflectMap(value)) {
    const entries = Array.from(value, ([key, item]): [string, unknown] => [
      String(key),
      plainValue(field, item, conversion),
    ]);
    return Object.fromEntries(entries);
  }
  return plainValue(field, value, conversion);
}

function plainValue(field: DescField, value: unknown, conversion: Conversion): unknown {
  if (isReflectMessage(value)) return plainNested(field, value, conversion);
  if (typeof value === "bigint") return plainInteger(field, value, conversion);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value !== "number") return value;
  if (field.enum !== undefined) return enumName(field.enum, value);
  const isFloat = field.scalar === ScalarType.FLOAT || field.scalar === ScalarType.DOUBLE;
  if (isFloat && !Number.isFinite(value)) {
    return unsupported(field, "is NaN or infinite. Leave it out.", conversion);
  }
  return field.scalar === ScalarType.FLOAT ? shortestFloat(value) : value;
}

function unsupported(field: DescField, what: string, conversion: Conversion): null {
  conversion.refusal ??= refuse("unsupported-value", `The field "${field.name}" ${what}`);
  return null;
}

function plainInteger(field: DescField, value: bigint, conversion: Conversion): number | null {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  const what = "is a whole number beyond 2^53. Send it as a double or as text.";
  return unsupported(field, what, conversion);
}

/** A number that the enum does not know is a number, as in Protobuf's own JSON. */
function enumName(type: DescEnum, value: number): string | number {
  return type.value[value]?.name ?? value;
}

function plainNested(field: DescField, message: ReflectMessage, conversion: Conversion): unknown {
  const { typeName } = message.desc;
  if (!typeName.startsWith("google.protobuf.")) return plainMessage(message, conversion);
  switch (typeName) {
    case "google.protobuf.Timestamp":
      return timestampText(field, message, conversion);
    case "google.protobuf.Struct":
    case "google.protobuf.ListValue": {
      const content = plainMessage(message, conversion);
      return content["fields"] ?? content["values"] ?? (typeName.endsWith("Struct") ? {} : []);
    }
    case "google.protobuf.Value": {
      const [kind, value] = Object.entries(plainMessage(message, conversion))[0] ?? [];
      return kind === undefined || kind === "null_value" ? null : value;
    }
    default:
      // The wrappers: a message with the one field "value".
      return wrapped(message, conversion);
  }
}

function wrapped(message: ReflectMessage, conversion: Conversion): unknown {
  return plainMessage(message, conversion)["value"];
}

function timestampText(
  field: DescField,
  message: ReflectMessage,
  conversion: Conversion,
): string | null {
  const { seconds, nanos } = timestampOf(message);
  if (seconds === undefined || nanos === undefined) {
    conversion.refusal ??= refuse(
      "bad-timestamp",
      `The field "${field.name}" has a time outside of the years 1 to 9999.`,
    );
    return null;
  }
  const whole = new Date(seconds * millisPerSecond).toISOString().slice(0, 19);
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${whole}${fraction}Z`;
}

function timestampOf(message: ReflectMessage): { seconds?: number; nanos?: number } {
  const fields = new Map(message.fields.map((field) => [field.number, Number(message.get(field))]));
  const seconds = fields.get(1) ?? Number.NaN;
  const nanos = fields.get(2) ?? Number.NaN;
  const isSane =
    seconds >= firstSecond && seconds <= lastSecond && nanos >= 0 && nanos < nanosPerSecond;
  return isSane ? { seconds, nanos } : {};
}

/** A timestamp as epoch milliseconds, NaN where it is none that a calendar has. */
export function timestampMillis(message: ReflectMessage): number {
  const { seconds, nanos } = timestampOf(message);
  if (seconds === undefined || nanos === undefined) return Number.NaN;
  return seconds * millisPerSecond + Math.round(nanos / 1000) / 1000;
}
