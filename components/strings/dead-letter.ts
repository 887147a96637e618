import type { RefusalReason } from "#server/pipeline/message.ts";

/** Words of the dead letters. */
export const deadLetterText = {
  title: "Dead letters",
  subtitle: "Messages that could not be stored, kept with their bytes and the reason.",
  allTitle: "All dead letters",
  allSubtitle: "One by one, newest first, whatever became of them.",
  groups: "Groups by cause",
  table: "Dead letters",
  reason: "Reason",
  device: "Device",
  topic: "Topic",
  why: "Explanation",
  received: "Received",
  search: "Find in topic, device or explanation",
  searchAction: "Find",
  causes: "Causes",
  all: "All causes",
  ofDevice: (device: string) => `Device ${device}`,
  removeFilter: (what: string) => `Take the filter away: ${what}`,
  lastWeek: "counted over the last 7 days",
  emptyTitle: "No dead letter",
  emptyText: "Every message that was received is stored, or was recognised as a duplicate.",
  emptyFiltered: "No dead letter fits this filter",
  emptyFilteredText: "Take the filter away to see all of them.",

  explanation: "Why",
  remedy: "What helps",
  payload: "Payload",
  payloadText: (size: string) => `Payload, ${size}, as text`,
  payloadHex: (size: string) => `Payload, ${size}, as hexadecimal: it is no readable text`,
  payloadEmpty: "The payload is empty.",
  recorded: "That you read this payload is recorded in the audit trail.",
  exact: "Received",
  transport: "Transport",
  qos: "QoS",
  messageId: "Message id",
  letterId: "Dead letter",
  failed: "The dead letter could not be read",
} as const;

type ReasonWords = { readonly title: string; readonly meaning: string; readonly remedy: string };

const reasonWords: Readonly<Record<RefusalReason, ReasonWords>> = {
  "not-json": {
    title: "Not JSON",
    meaning: "The payload cannot be read as JSON.",
    remedy:
      "Send one JSON object, in UTF-8. A trailing comma or a single quote is enough to break it.",
  },
  "too-deep": {
    title: "Nested too deep",
    meaning: "The JSON has more levels than are read.",
    remedy: "Send a flat object: one level of fields.",
  },
  "too-many-keys": {
    title: "Too many fields",
    meaning: "The JSON has more fields than are read in one message.",
    remedy: "Send the fields in several messages.",
  },
  "too-large": {
    title: "Too large",
    meaning: "The payload is larger than a message may be.",
    remedy: "Send less in one message, or less often gathered values.",
  },
  "not-an-object": {
    title: "Not an object",
    meaning: "The payload is JSON, but neither an object nor a list of them.",
    remedy: 'Name the value: {"temperature": 21.5} instead of 21.5.',
  },
  "batch-too-large": {
    title: "Batch too large",
    meaning: "The list has more readings than are taken in one message.",
    remedy: "Send shorter lists.",
  },
  empty: {
    title: "Empty",
    meaning: "The payload has no field to be stored.",
    remedy: "Send at least one field with a value.",
  },
  "content-type": {
    title: "Unknown content type",
    meaning: "The message says that it is in a format that is not read.",
    remedy:
      "Send application/json, application/cbor, application/senml+json, application/senml+cbor or application/x-protobuf, or leave the content type out.",
  },
  "unknown-channel": {
    title: "Unknown channel",
    meaning: "The topic names a channel that does not exist.",
    remedy: "Publish to up/telemetry below the device's own topic.",
  },
  "schema-mismatch": {
    title: "Schema mismatch",
    meaning: "The fields do not fit the schema of the device's profile.",
    remedy: "Change what the device sends, or give it a profile whose schema has these fields.",
  },
  "unsupported-value": {
    title: "Unsupported value",
    meaning: "A field holds something other than a number, true or false, or text.",
    remedy: "Send lists and objects as fields of their own.",
  },
  "field-limit": {
    title: "Too many new fields",
    meaning: "The device brought more new fields than an open profile takes from one device.",
    remedy: "Give it a profile with a schema, or use the same field names again.",
  },
  "unknown-version": {
    title: "Unknown schema version",
    meaning: "The message names a version of a schema that is not bound to the device's profile.",
    remedy: "Publish and bind that version, or let the profile accept it as the latest compatible.",
  },
  "duplicate-key": {
    title: "Field sent twice",
    meaning:
      "An object of the payload has the same field more than once: which one counts is open.",
    remedy: "Send each field once.",
  },
  "not-cbor": {
    title: "Not CBOR",
    meaning: "The message says that it is CBOR, but its bytes cannot be read as that.",
    remedy: "Send one well-formed CBOR item of definite size, or name the right content type.",
  },
  "not-protobuf": {
    title: "Not Protobuf",
    meaning: "The bytes cannot be read as the Protobuf message of the schema.",
    remedy: "Build the device with the .proto file of the schema version that its profile uses.",
  },
  "not-senml": {
    title: "Not SenML",
    meaning: "The payload cannot be read as a SenML pack (RFC 8428).",
    remedy: "Send a list of records, each with a name and one value.",
  },
  "not-sparkplug": {
    title: "Not Sparkplug",
    meaning: "The bytes cannot be read as a Sparkplug B payload.",
    remedy: "Send the payload as Sparkplug B 3.0 defines it, with a type for every metric.",
  },
  "in-quarantine": {
    title: "Device in quarantine",
    meaning: "The device is in quarantine, so what it sends is kept apart.",
    remedy: "Approve the device or its batch, then replay the group.",
  },
  "child-unknown": {
    title: "Unknown child",
    meaning: "A gateway published for a child that nobody has registered.",
    remedy: "Add the child on the gateway's page, or let its child policy register new ones.",
  },
  "child-elsewhere": {
    title: "Child of another gateway",
    meaning: "A gateway published for a device that is not behind it.",
    remedy: "Attach the device to this gateway, or correct the id that the gateway uses.",
  },
  "child-out-of-service": {
    title: "Child out of service",
    meaning: "A gateway published for a child that is suspended or decommissioned.",
    remedy: "Resume the child on its page, or take it off the gateway.",
  },
  "child-limit": {
    title: "Too many children",
    meaning: "The gateway has as many children as its child policy allows.",
    remedy: "Raise the limit in the gateway's child policy, or detach children that are gone.",
  },
  "processing-failed": {
    title: "Processing failed",
    meaning: "The message fits the schema, but a processing step of the schema could not be done.",
    remedy: "Correct the step in the schema, or what the device sends.",
  },
  "bad-timestamp": {
    title: "Bad time",
    meaning: "The message's own time cannot be read as an instant.",
    remedy: "Send epoch milliseconds, or leave the time out: then the time of receipt counts.",
  },
  "bad-id": {
    title: "Bad message id",
    meaning: "The message's own id or sequence number cannot be used.",
    remedy: "Send a short text as id or a whole number as sequence.",
  },
};

/** A reason in words. One that this console does not know yet keeps its code. */
export function wordsOfReason(reason: string): ReasonWords {
  const known: Readonly<Record<string, ReasonWords>> = reasonWords;
  return known[reason] ?? { title: reason, meaning: "", remedy: "" };
}

const missing = (field: string) => `${field} is missing`;
const unknown = (field: string) => `${field} is not in the schema`;
const range = (field: string) => `${field} is out of range`;
const value = (field: string) => `${field} has a value that is not allowed`;
const form = (field: string) => `${field} has another form`;
const count = (field: string) => `${field} has too few or too many parts`;

const keywordWords: Readonly<Record<string, (field: string) => string>> = {
  required: missing,
  missing,
  dependentRequired: missing,
  additionalProperties: unknown,
  unevaluatedProperties: unknown,
  unknown,
  type: (field) => `${field} has another type`,
  enum: value,
  const: value,
  value,
  minimum: range,
  maximum: range,
  exclusiveMinimum: range,
  exclusiveMaximum: range,
  multipleOf: (field) => `${field} is not a multiple as required`,
  pattern: form,
  format: form,
  minLength: form,
  maxLength: form,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
};

/** Words that name a cause. */
export const causeText = {
  values: "The message",
  ofKeyword: (keyword: string) => keywordWords[keyword],
  list: (parts: readonly string[]) => parts.join(", "),
  at: (title: string, field: string) => `${title} in ${field}`,
  withSchema: (title: string, schema: string, version: number) => `${title} · ${schema}@${version}`,
} as const;
