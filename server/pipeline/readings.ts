import type { InboundMessage } from "#server/pipeline/message.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";

/** An object as JSON gives it. Its keys are hostile: look up, never assign by them. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One reading with the metadata that applies to it; absent where neither device nor envelope says. */
export type RawReading = {
  readonly values: JsonObject;
  readonly id: string | undefined;
  readonly seq: string | undefined;
  /** Epoch milliseconds as the device says. */
  readonly ts: number | undefined;
  readonly schema: string | undefined;
};

export const maxBatchReadings = 1000;
const maxIdLength = 64;
const envelopeKeys = new Set(["id", "ts", "seq", "schema", "traceparent", "values"]);
const seqText = /^[0-9]{1,19}$/;

type Properties = Pick<InboundMessage, "id" | "ts" | "seq" | "schema">;

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Finds the readings in a decoded payload: a bare object, an envelope (recognised by `values`), or
 * an array of either. MQTT 5 user properties override the envelope of a single message; in an array
 * each reading's own time and id win, and an id of the whole message is counted up per reading.
 */
export function readingsOf(value: unknown, properties: Properties): Stage<readonly RawReading[]> {
  if (Array.isArray(value)) return batchOf(value, properties);
  const reading = readingOf(value, properties, "The payload");
  return reading.ok ? pass([reading.value]) : reading;
}

function batchOf(items: readonly unknown[], properties: Properties): Stage<readonly RawReading[]> {
  if (items.length === 0) return refuse("empty", "The array has no readings.");
  if (items.length > maxBatchReadings) {
    return refuse(
      "batch-too-large",
      `The array has ${items.length} readings, the limit is ${maxBatchReadings}. Send several messages.`,
    );
  }
  const readings: RawReading[] = [];
  for (const [index, item] of items.entries()) {
    const read = readingOf(item, {}, `Reading ${index}`);
    if (!read.ok) return read;
    const own = read.value;
    const whole = properties.id ?? properties.seq;
    const named = own.id !== undefined || own.seq !== undefined || whole === undefined;
    readings.push({
      ...own,
      id: named ? own.id : `${whole}#${index}`,
      ts: own.ts ?? properties.ts,
      schema: own.schema ?? properties.schema,
    });
  }
  return pass(readings);
}

function readingOf(value: unknown, properties: Properties, name: string): Stage<RawReading> {
  if (!isJsonObject(value)) {
    return refuse(
      "not-an-object",
      `${name} is not a JSON object. Send an object such as {"temperature":21.5}.`,
    );
  }
  const values = value["values"];
  if (!Object.hasOwn(value, "values") || !isJsonObject(values)) {
    const metadata = readMetadata(properties, name);
    return metadata.ok
      ? pass({ ...metadata.value, values: value, schema: properties.schema })
      : metadata;
  }
  for (const key in value) {
    if (!envelopeKeys.has(key)) {
      return refuse(
        "unsupported-value",
        `${name} has values and, beside them, the unknown member ${quoteName(key)}. Put readings into values.`,
      );
    }
  }
  return envelopeOf(value, values, properties, name);
}

function envelopeOf(
  envelope: JsonObject,
  values: JsonObject,
  properties: Properties,
  name: string,
): Stage<RawReading> {
  const metadata = readMetadata(
    {
      id: properties.id ?? envelope["id"],
      ts: properties.ts ?? envelope["ts"],
      seq: properties.seq ?? envelope["seq"],
    },
    name,
  );
  if (!metadata.ok) return metadata;
  const schema = properties.schema ?? envelope["schema"];
  if (schema !== undefined && typeof schema !== "string") {
    return refuse("schema-mismatch", `${name} has a schema that is not text such as "pump@3".`);
  }
  return pass({ ...metadata.value, values, schema });
}

type Metadata = Pick<RawReading, "id" | "ts" | "seq">;

/** Checks what identifies a message; `name` names it in the words of a refusal. */
export function readMetadata(
  raw: { readonly id?: unknown; readonly ts?: unknown; readonly seq?: unknown },
  name: string,
): Stage<Metadata> {
  const id = readId(raw.id, name);
  if (!id.ok) return id;
  const seq = readSeq(raw.seq, name);
  if (!seq.ok) return seq;
  const { ts } = raw;
  if (ts !== undefined && ts !== null && (typeof ts !== "number" || !Number.isFinite(ts))) {
    return refuse(
      "bad-timestamp",
      `${name} has a ts that is not a number. Send epoch milliseconds, such as 1732270000123.`,
    );
  }
  return pass({ id: id.value, seq: seq.value, ts: typeof ts === "number" ? ts : undefined });
}

function readId(id: unknown, name: string): Stage<string | undefined> {
  if (id === undefined || id === null) return pass(undefined);
  const text = typeof id === "number" && Number.isSafeInteger(id) ? String(id) : id;
  if (typeof text !== "string")
    return badId(`${name} has an id that is neither text nor a number.`);
  if (text.length === 0 || text.length > maxIdLength) {
    return badId(
      `${name} has an id of ${text.length} characters; 1 to ${maxIdLength} are allowed.`,
    );
  }
  if (!text.isWellFormed() || text.includes("\0")) {
    return badId(`${name} has an id with characters that cannot be stored.`);
  }
  return pass(text);
}

function readSeq(seq: unknown, name: string): Stage<string | undefined> {
  if (seq === undefined || seq === null) return pass(undefined);
  if (typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 0) return pass(String(seq));
  if (typeof seq === "string" && seqText.test(seq)) return pass(BigInt(seq).toString());
  return badId(`${name} has a seq that is not a whole number from 0 on.`);
}

function badId(detail: string): Refusal {
  return refuse("bad-id", detail);
}

/** A name from the payload as an error may show it. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name.toWellFormed());
}
