import type { RefusalReason } from "#server/pipeline/message.ts";

/** Words of the dead letters. */
export const deadLetterText = {
  title: "Dead letters",
  subtitle: "Messages that could not be stored, kept with their bytes and the reason.",
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
    remedy: "Send application/json, or leave the content type out.",
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
