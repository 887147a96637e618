import { fromBinary, type DescField, type DescMessage } from "@bufbuild/protobuf";
import { isReflectMessage, reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { fieldNameProblem, isForbiddenName } from "#server/domain/field-name.ts";
import type { ProtobufSource } from "#server/domain/schema-definition.ts";
import { maxJsonDepth } from "#server/pipeline/scan-json.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { protobufComments } from "#server/schema/protobuf-comments.ts";
import { dumpProtobuf } from "#server/schema/protobuf-dump.ts";
import { protobufJsonSchema } from "#server/schema/protobuf-json-schema.ts";
import { openProtobuf } from "#server/schema/protobuf-registry.ts";
import { plainMessage, timestampMillis, type Conversion } from "#server/schema/protobuf-values.ts";
import { scanProtobuf } from "#server/schema/scan-protobuf.ts";

/** A message type ready for use. */
export type CompiledProtobuf = {
  /**
   * Turns bytes into what JSON would have given: the values; an envelope when the type has `ts` and
   * `values`; a list of either when its only field is a list of messages.
   */
  readonly decode: (payload: Buffer) => Stage<unknown>;
  /** Full names of all message types of the source. */
  readonly messageTypes: readonly string[];
  /** JSON Schema of the values, derived from the type; comments become descriptions. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** The bytes for people, unknown fields included, whatever they are; bounded. */
  readonly describe: (payload: Buffer) => string;
};

/**
 * Message types that a source offers.
 * @throws SchemaUnusable
 */
export function readProtobufTypes(kind: ProtobufSource["kind"], source: string): readonly string[] {
  return openProtobuf(kind, source).messages.map(({ typeName }) => typeName);
}

/**
 * Makes a message type ready for use, without generating code.
 * @throws SchemaUnusable with what is wrong in the source
 */
export function compileProtobuf({ kind, source, messageType }: ProtobufSource): CompiledProtobuf {
  const { messages } = openProtobuf(kind, source);
  const message = messages.find(({ typeName }) => typeName === messageType);
  if (message === undefined) {
    const names = messages.slice(0, 10).map(({ typeName }) => typeName);
    throw new SchemaUnusable(
      "/protobuf/messageType",
      `There is no message type ${JSON.stringify(messageType.slice(0, 100))}. There are: ${names.join(", ")}.`,
    );
  }
  checkNames(message);
  const shape = shapeOf(message);
  return {
    decode: (payload) => decodeWith(message, shape, payload),
    messageTypes: messages.map(({ typeName }) => typeName),
    jsonSchema: protobufJsonSchema(shape.values, protobufComments(message.file)),
    describe: (payload) => dumpProtobuf(payload, message),
  };
}

type Envelope = { readonly ts: DescField; readonly values: DescField };
type Shape = {
  /** The list, when the type is nothing else. */
  readonly list: DescField | undefined;
  /** Of the message, or of each message in the list. */
  readonly envelope: Envelope | undefined;
  /** Whose fields are the values: a message, or a map. */
  readonly values: DescMessage | DescField;
};

function shapeOf(message: DescMessage): Shape {
  const [only, ...others] = message.fields;
  const isList = others.length === 0 && only?.fieldKind === "list" && only.listKind === "message";
  const reading = isList ? only.message : message;
  const envelope = envelopeOf(reading);
  return {
    list: isList ? only : undefined,
    envelope,
    values: envelope === undefined ? reading : (envelope.values.message ?? envelope.values),
  };
}

/** A type with a time `ts` and with `values`: readings with their metadata, as in JSON. */
function envelopeOf(message: DescMessage): Envelope | undefined {
  const ts = message.fields.find(({ name }) => name === "ts");
  const values = message.fields.find(({ name }) => name === "values");
  const isTime =
    ts?.fieldKind === "scalar" || ts?.message?.typeName === "google.protobuf.Timestamp";
  const holdsValues = values?.fieldKind === "map" || values?.fieldKind === "message";
  return isTime && holdsValues ? { ts, values } : undefined;
}

/** Messages may contain themselves; each is looked at once. */
function checkNames(root: DescMessage): void {
  const seen = new Set<DescMessage>();
  const waiting = [root];
  for (let message = waiting.pop(); message !== undefined; message = waiting.pop()) {
    if (seen.has(message)) continue;
    seen.add(message);
    for (const field of message.fields) {
      const isOutermost = message === root;
      const problem = isOutermost
        ? fieldNameProblem(field.name)
        : isForbiddenName(field.name) && "has a name that is not allowed";
      if (problem !== undefined && problem !== false) {
        throw new SchemaUnusable(
          "/protobuf/source",
          `The field ${field.name.slice(0, 64)} of ${message.typeName} ${problem}.`,
        );
      }
      if (field.message !== undefined) waiting.push(field.message);
    }
  }
}

function decodeWith(message: DescMessage, shape: Shape, payload: Buffer): Stage<unknown> {
  if (payload.length === 0) {
    return refuse(
      "empty",
      "The payload is empty: every field is zero or missing. Declare a field that may be zero as optional, so that it is sent.",
    );
  }
  const scanned = scanProtobuf(payload, message);
  if (!scanned.ok) return scanned;
  const decoded = read(message, payload);
  if (decoded === undefined) {
    return refuse("not-protobuf", `The payload cannot be read as ${message.typeName}.`);
  }
  const conversion: Conversion = { refusal: undefined };
  const value = shapedValue(decoded, shape, conversion);
  return conversion.refusal ?? pass(value);
}

/** Undefined when the decoder cannot: what the scan does not look for, it may refuse. */
function read(message: DescMessage, payload: Buffer): ReflectMessage | undefined {
  try {
    const options = { readUnknownFields: false, recursionLimit: 2 * maxJsonDepth };
    return reflect(message, fromBinary(message, payload, options), false);
  } catch {
    return undefined;
  }
}

function shapedValue(message: ReflectMessage, shape: Shape, conversion: Conversion): unknown {
  const { list, envelope } = shape;
  if (list === undefined) return readingValue(message, envelope, conversion);
  const items: unknown = message.get(list);
  const readings: unknown[] = [];
  for (const item of items as Iterable<unknown>) {
    if (isReflectMessage(item)) readings.push(readingValue(item, envelope, conversion));
  }
  return readings;
}

function readingValue(
  message: ReflectMessage,
  envelope: Envelope | undefined,
  conversion: Conversion,
): unknown {
  if (envelope === undefined) return plainMessage(message, conversion);
  const plain = plainMessage(message, conversion);
  const metadata = Object.entries(plain).filter(([name]) => name !== "values");
  // Nothing tells an id or a seq of zero from one that was not sent, and all without would be one.
  const sent = metadata.filter(([, value]) => value !== 0 && value !== "");
  const time: unknown = message.isSet(envelope.ts) ? message.get(envelope.ts) : undefined;
  const ts = isReflectMessage(time) ? { ts: timestampMillis(time) } : {};
  return { ...Object.fromEntries(sent), ...ts, values: plain["values"] ?? {} };
}
