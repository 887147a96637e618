import { isUtf8 } from "node:buffer";
import { ScalarType, type DescField, type DescMessage } from "@bufbuild/protobuf";
import { isForbiddenName } from "#server/domain/field-name.ts";
import { maxJsonDepth, maxJsonKeys } from "#server/pipeline/scan-json.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";
import {
  fieldWire,
  readRecord,
  scalarWire,
  skipVarint,
  wire,
  type WireRecord,
} from "#server/schema/protobuf-wire.ts";

type Scan = {
  readonly bytes: Buffer;
  /** Records of all levels. */
  records: number;
  /** Records of the outermost message that it knows. */
  known: number;
  refusal: Refusal | undefined;
};
/** A stretch of bytes, and how deep it is. */
type Span = { readonly from: number; readonly to: number; readonly depth: number };

/**
 * Checks a Protobuf message before the decoder may allocate anything: its structure to the last
 * byte, nesting, number of records, and that each known field is sent in the form of its type,
 * for which the decoder does not look. Fields that the type does not know are counted and left out.
 */
export function scanProtobuf(bytes: Buffer, message: DescMessage): Stage<undefined> {
  const scan: Scan = { bytes, records: 0, known: 0, refusal: undefined };
  if (!scanMessage(scan, message, { from: 0, to: bytes.length, depth: 1 })) {
    return scan.refusal ?? refuse("not-protobuf", "The payload is not Protobuf.");
  }
  if (scan.known > 0) return pass(undefined);
  return refuse(
    "not-protobuf",
    `The payload has no field of ${message.typeName}. Is it a message of another type?`,
  );
}

function stop(scan: Scan, refusal: Refusal): false {
  scan.refusal ??= refusal;
  return false;
}

function broken(scan: Scan, at: number): false {
  return stop(
    scan,
    refuse("not-protobuf", `The payload is not Protobuf: it breaks at byte ${at}.`),
  );
}

/** Reads one record and counts it; false when there is none, or one too many. */
function nextRecord(scan: Scan, at: number, end: number): WireRecord | false {
  const record = readRecord(scan.bytes, at, end);
  if (record === undefined) return broken(scan, at);
  scan.records += 1;
  if (scan.records <= maxJsonKeys) return record;
  return stop(
    scan,
    refuse("too-many-keys", `The Protobuf message has more than ${maxJsonKeys} fields.`),
  );
}

function isTooDeep(scan: Scan, depth: number): boolean {
  if (depth <= maxJsonDepth) return false;
  stop(
    scan,
    refuse("too-deep", `The Protobuf message is nested deeper than ${maxJsonDepth} levels.`),
  );
  return true;
}

function scanMessage(scan: Scan, message: DescMessage, { from, to, depth }: Span): boolean {
  if (isTooDeep(scan, depth)) return false;
  let at = from;
  while (at < to) {
    const record = nextRecord(scan, at, to);
    if (record === false) return false;
    if (record.type === wire.groupEnd) return broken(scan, at);
    const next = scanRecord(scan, message, record, { from: at, to, depth });
    if (next === false) return false;
    at = next;
  }
  return true;
}

/** Position after a record and, of a group, what belongs to it; false when it was refused. */
function scanRecord(
  scan: Scan,
  message: DescMessage | undefined,
  record: WireRecord,
  { to, depth }: Span,
): number | false {
  const field = message?.fields.find(({ number }) => number === record.number);
  if (field !== undefined && depth === 1) scan.known += 1;
  if (record.type === wire.groupStart) {
    const inner = field === undefined ? undefined : groupOf(scan, field);
    if (inner === false) return false;
    return scanGroup(scan, inner, record.number, { from: record.from, to, depth: depth + 1 });
  }
  if (field !== undefined && !scanField(scan, field, record, depth)) return false;
  return record.to;
}

function groupOf(scan: Scan, field: DescField): DescMessage | false {
  const isGroup = fieldWire(field) === wire.groupStart && field.message !== undefined;
  return isGroup ? field.message : mismatch(scan, field);
}

/** Old Protobuf's way of nesting: to the end tag of the same number. */
function scanGroup(
  scan: Scan,
  message: DescMessage | undefined,
  number: number,
  { from, to, depth }: Span,
): number | false {
  if (isTooDeep(scan, depth)) return false;
  let at = from;
  while (at < to) {
    const record = nextRecord(scan, at, to);
    if (record === false) return false;
    if (record.type === wire.groupEnd) {
      return record.number === number ? record.to : broken(scan, at);
    }
    const next = scanRecord(scan, message, record, { from: at, to, depth });
    if (next === false) return false;
    at = next;
  }
  return broken(scan, at);
}

function scanField(scan: Scan, field: DescField, record: WireRecord, depth: number): boolean {
  if (field.fieldKind === "map") {
    return record.type === wire.length
      ? scanEntry(scan, field, record, depth)
      : mismatch(scan, field);
  }
  const expected = fieldWire(field);
  if (record.type === wire.length && field.fieldKind === "list" && expected !== wire.length) {
    return field.message === undefined
      ? scanPacked(scan, field, expected, record)
      : mismatch(scan, field);
  }
  if (record.type !== expected) return mismatch(scan, field);
  if (field.message !== undefined) {
    return scanMessage(scan, field.message, { ...record, depth: depth + 1 });
  }
  return field.scalar === ScalarType.STRING ? scanText(scan, field, record) : true;
}

function scanPacked(scan: Scan, field: DescField, type: number, { from, to }: WireRecord): boolean {
  if (type !== wire.varint) {
    return (to - from) % (type === wire.fixed64 ? 8 : 4) === 0 || mismatch(scan, field);
  }
  for (let at: number | undefined = from; at < to;) {
    at = skipVarint(scan.bytes, at, to);
    if (at === undefined) return mismatch(scan, field);
  }
  return true;
}

function scanText(scan: Scan, field: DescField, { from, to }: WireRecord): boolean {
  if (isUtf8(scan.bytes.subarray(from, to))) return true;
  return stop(
    scan,
    refuse("not-protobuf", `The field "${field.name}" has text that is not valid UTF-8.`),
  );
}

/** An entry of a map is a message with the key as field 1 and the value as field 2. */
function scanEntry(
  scan: Scan,
  field: DescField & { fieldKind: "map" },
  { from, to }: WireRecord,
  depth: number,
): boolean {
  if (isTooDeep(scan, depth + 1)) return false;
  let at = from;
  while (at < to) {
    const record = nextRecord(scan, at, to);
    if (record === false) return false;
    if (record.number === 1) {
      if (!scanMapKey(scan, field, record)) return false;
    } else if (record.number !== 2 || !scanMapValue(scan, field, record, depth)) {
      return mismatch(scan, field);
    }
    at = record.to;
  }
  return true;
}

function scanMapKey(
  scan: Scan,
  field: DescField & { fieldKind: "map" },
  record: WireRecord,
): boolean {
  if (record.type !== scalarWire(field.mapKey)) return mismatch(scan, field);
  if (field.mapKey !== ScalarType.STRING) return true;
  if (!scanText(scan, field, record)) return false;
  if (!isForbiddenName(scan.bytes.toString("utf8", record.from, record.to))) return true;
  return stop(
    scan,
    refuse("unsupported-value", `The map "${field.name}" has a key that is not allowed.`),
  );
}

function scanMapValue(
  scan: Scan,
  field: DescField & { fieldKind: "map" },
  record: WireRecord,
  depth: number,
): boolean {
  if (field.mapKind === "message") {
    return (
      record.type === wire.length &&
      scanMessage(scan, field.message, { ...record, depth: depth + 2 })
    );
  }
  if (field.mapKind === "enum") return record.type === wire.varint;
  if (record.type !== scalarWire(field.scalar)) return false;
  return field.scalar === ScalarType.STRING ? scanText(scan, field, record) : true;
}

function mismatch(scan: Scan, field: DescField): false {
  return stop(
    scan,
    refuse(
      "not-protobuf",
      `The field "${field.name}" is not sent as the type that ${field.parent.typeName} gives it. Is it a message of another version?`,
    ),
  );
}
