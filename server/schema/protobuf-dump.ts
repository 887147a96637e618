import { isUtf8 } from "node:buffer";
import { ScalarType, type DescField, type DescMessage } from "@bufbuild/protobuf";
import { shortestFloat } from "#server/schema/shortest-float.ts";
import {
  fieldWire,
  readRecord,
  scalarWire,
  skipVarint,
  varintAt,
  wire,
  type WireRecord,
} from "#server/schema/protobuf-wire.ts";

export const maxDumpCharacters = 65_536;
const deepest = 64;
const longestValue = 1_024;

type Dump = { readonly bytes: Buffer; text: string };
type Span = { readonly from: number; readonly to: number; readonly depth: number };

/** Ends the dump; what was written until then is shown. */
class DumpEnded extends Error {}

/**
 * A Protobuf message in the manner of `protoc --decode`, for people: fields that the type does not
 * know, or that are not sent as it says, appear by number. Whatever the bytes are: where they are
 * no Protobuf any more, or the text becomes too long, it says so and ends.
 */
export function dumpProtobuf(payload: Buffer, message: DescMessage): string {
  const dump: Dump = { bytes: payload, text: "" };
  try {
    dumpMessage(dump, message, { from: 0, to: payload.length, depth: 0 });
  } catch (error) {
    if (!(error instanceof DumpEnded)) throw error;
    return `${dump.text.slice(0, maxDumpCharacters).toWellFormed()}… <${error.message}>\n`;
  }
  return dump.text;
}

function line(dump: Dump, depth: number, text: string): void {
  dump.text += `${"  ".repeat(depth)}${text}\n`;
  if (dump.text.length > maxDumpCharacters) throw new DumpEnded("more is not shown");
}

/** Writes records up to the end, or to the end tag of the group `group`; gives the position then. */
function dumpMessage(
  dump: Dump,
  message: DescMessage | undefined,
  { from, to, depth }: Span,
  group?: number,
): number {
  if (depth > deepest) throw new DumpEnded(`more than ${deepest} levels`);
  let at = from;
  while (at < to) {
    const record = readRecord(dump.bytes, at, to);
    if (record === undefined) throw new DumpEnded(`at byte ${at} it is no Protobuf`);
    if (record.type === wire.groupEnd) {
      if (record.number === group) return record.to;
      throw new DumpEnded(`at byte ${at} a group ends that nothing began`);
    }
    at = dumpRecord(dump, message, record, { from: at, to, depth });
  }
  if (group !== undefined) throw new DumpEnded("a group does not end");
  return at;
}

/** Position after the record and, of a group, what belongs to it. */
function dumpRecord(
  dump: Dump,
  message: DescMessage | undefined,
  record: WireRecord,
  { to, depth }: Span,
): number {
  const field = message?.fields.find(({ number }) => number === record.number);
  if (record.type === wire.groupStart) {
    line(dump, depth, `${field?.name ?? record.number} {`);
    const inside = { from: record.to, to, depth: depth + 1 };
    const next = dumpMessage(dump, field?.message, inside, record.number);
    line(dump, depth, "}");
    return next;
  }
  if (field === undefined) dumpUnknown(dump, record, depth, "");
  else dumpField(dump, field, record, depth);
  return record.to;
}

function dumpField(dump: Dump, field: DescField, record: WireRecord, depth: number): void {
  if (field.fieldKind === "map" && record.type === wire.length) {
    line(dump, depth, `${field.name} {`);
    dumpEntry(dump, field, record, depth + 1);
    line(dump, depth, "}");
    return;
  }
  if (field.message !== undefined && record.type === wire.length) {
    line(dump, depth, `${field.name} {`);
    dumpMessage(dump, field.message, { ...record, depth: depth + 1 });
    line(dump, depth, "}");
    return;
  }
  const type = fieldWire(field);
  if (record.type === wire.length && field.fieldKind === "list" && type !== wire.length) {
    dumpPacked(dump, field, record, depth);
  } else if (record.type === type && field.message === undefined) {
    line(dump, depth, `${field.name}: ${valueText(dump.bytes, field, record)}`);
  } else {
    dumpUnknown(dump, record, depth, `  # not sent as the type of ${field.name}`);
  }
}

function dumpEntry(
  dump: Dump,
  field: DescField & { fieldKind: "map" },
  { from, to }: WireRecord,
  depth: number,
): void {
  let at = from;
  while (at < to) {
    const record = readRecord(dump.bytes, at, to);
    if (record === undefined) throw new DumpEnded(`at byte ${at} it is no Protobuf`);
    if (record.number === 1 && record.type === scalarWire(field.mapKey)) {
      line(dump, depth, `key: ${scalarText(dump.bytes, field.mapKey, record)}`);
    } else if (record.number === 2 && fits(field, record)) {
      dumpEntryValue(dump, field, record, depth);
    } else {
      dumpUnknown(dump, record, depth, "");
    }
    at = record.to;
  }
}

function fits(field: DescField, record: WireRecord): boolean {
  if (field.message !== undefined) return record.type === wire.length;
  return record.type === (field.scalar === undefined ? wire.varint : scalarWire(field.scalar));
}

function dumpEntryValue(dump: Dump, field: DescField, record: WireRecord, depth: number): void {
  if (field.message === undefined) {
    line(dump, depth, `value: ${valueText(dump.bytes, field, record)}`);
    return;
  }
  line(dump, depth, "value {");
  dumpMessage(dump, field.message, { ...record, depth: depth + 1 });
  line(dump, depth, "}");
}

function dumpPacked(dump: Dump, field: DescField, record: WireRecord, depth: number): void {
  const type = fieldWire(field);
  for (let at = record.from; at < record.to;) {
    const size = type === wire.fixed64 ? 8 : 4;
    const next = type === wire.varint ? skipVarint(dump.bytes, at, record.to) : at + size;
    if (next === undefined || next > record.to) {
      throw new DumpEnded(`at byte ${at} a list breaks`);
    }
    const item = { ...record, from: at, to: next };
    line(dump, depth, `${field.name}: ${valueText(dump.bytes, field, item)}`);
    at = next;
  }
}

function scalarText(bytes: Buffer, scalar: ScalarType, { from, to }: WireRecord): string {
  return scalarTexts.get(scalar)?.(bytes, from, to) ?? quoted(bytes, from, to);
}

function valueText(bytes: Buffer, field: DescField, record: WireRecord): string {
  if (field.enum !== undefined) {
    const number = Number(BigInt.asIntN(32, varintAt(bytes, record.from, record.to)));
    return field.enum.value[number]?.name ?? String(number);
  }
  return scalarText(bytes, field.scalar ?? ScalarType.BYTES, record);
}

type ScalarText = (bytes: Buffer, from: number, to: number) => string;

function zigZag(bytes: Buffer, from: number, to: number): string {
  const value = varintAt(bytes, from, to);
  return String((value >> 1n) ^ -(value & 1n));
}

const scalarTexts: ReadonlyMap<ScalarType, ScalarText> = new Map<ScalarType, ScalarText>([
  [ScalarType.DOUBLE, (bytes, from) => String(bytes.readDoubleLE(from))],
  [ScalarType.FLOAT, (bytes, from) => String(shortestFloat(bytes.readFloatLE(from)))],
  [ScalarType.FIXED64, (bytes, from) => String(bytes.readBigUInt64LE(from))],
  [ScalarType.SFIXED64, (bytes, from) => String(bytes.readBigInt64LE(from))],
  [ScalarType.FIXED32, (bytes, from) => String(bytes.readUInt32LE(from))],
  [ScalarType.SFIXED32, (bytes, from) => String(bytes.readInt32LE(from))],
  [ScalarType.STRING, quoted],
  [ScalarType.BYTES, quoted],
  [ScalarType.BOOL, (bytes, from, to) => String(varintAt(bytes, from, to) !== 0n)],
  [ScalarType.UINT32, (...at) => String(BigInt.asUintN(32, varintAt(...at)))],
  [ScalarType.UINT64, (...at) => String(varintAt(...at))],
  [ScalarType.INT32, (...at) => String(BigInt.asIntN(32, varintAt(...at)))],
  [ScalarType.INT64, (...at) => String(BigInt.asIntN(64, varintAt(...at)))],
  [ScalarType.SINT32, zigZag],
  [ScalarType.SINT64, zigZag],
]);

/** Text where it is text, else hexadecimal; cut when it is long. */
function quoted(bytes: Buffer, from: number, to: number): string {
  const content = bytes.subarray(from, Math.min(to, from + longestValue));
  const more = to - from > longestValue ? ` … (${to - from} bytes)` : "";
  return isUtf8(bytes.subarray(from, to))
    ? `${JSON.stringify(content.toString("utf8"))}${more}`
    : `0x${content.toString("hex")}${more}`;
}

function dumpUnknown(dump: Dump, record: WireRecord, depth: number, note: string): void {
  const { number, type, from, to } = record;
  const { bytes } = dump;
  if (type === wire.length) line(dump, depth, `${number}: ${quoted(bytes, from, to)}${note}`);
  else if (type === wire.varint)
    line(dump, depth, `${number}: ${varintAt(bytes, from, to)}${note}`);
  else {
    const size = type === wire.fixed64 ? 8 : 4;
    const hex = Buffer.from(bytes.subarray(from, from + size))
      .reverse()
      .toString("hex");
    line(dump, depth, `${number}: 0x${hex}${note}`);
  }
}
