import { ScalarType, type DescField } from "@bufbuild/protobuf";

/** How the bytes of a record are delimited (protobuf.dev/programming-guides/encoding). */
export const wire = {
  varint: 0,
  fixed64: 1,
  length: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
} as const;

export type WireRecord = {
  readonly number: number;
  readonly type: number;
  /** Where the content begins and ends; groups begin and end behind their tag. */
  readonly from: number;
  readonly to: number;
};

const longestVarint = 10;
const largestFieldNumber = 536_870_911;

/** Position after the varint at `at`; undefined when it does not end before `end`. */
export function skipVarint(bytes: Buffer, at: number, end: number): number | undefined {
  const limit = Math.min(end, at + longestVarint);
  for (let next = at; next < limit; next += 1) {
    if ((bytes[next] ?? 0) < 0x80) return next + 1;
  }
  return undefined;
}

/** The varint between two positions; its lower 64 bits. */
export function varintAt(bytes: Buffer, from: number, to: number): bigint {
  let value = 0n;
  for (let at = from; at < to; at += 1) {
    value |= BigInt((bytes[at] ?? 0) & 0x7f) << BigInt(7 * (at - from));
  }
  return BigInt.asUintN(64, value);
}

/** As {@link varintAt} for tags and lengths, which are small; not exact beyond 2^53. */
function smallVarintAt(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = to - 1; at >= from; at -= 1) value = value * 128 + ((bytes[at] ?? 0) & 0x7f);
  return value;
}

/** The record that starts at `at`; undefined when what is there is no Protobuf. */
export function readRecord(bytes: Buffer, at: number, end: number): WireRecord | undefined {
  const from = skipVarint(bytes, at, end);
  if (from === undefined) return undefined;
  const tag = smallVarintAt(bytes, at, from);
  const number = Math.floor(tag / 8);
  const type = tag % 8;
  if (number < 1 || number > largestFieldNumber) return undefined;
  const content = contentOf(bytes, type, from, end);
  if (content === undefined || content.to > end) return undefined;
  return { number, type, ...content };
}

function contentOf(
  bytes: Buffer,
  type: number,
  from: number,
  end: number,
): Pick<WireRecord, "from" | "to"> | undefined {
  switch (type) {
    case wire.varint: {
      const to = skipVarint(bytes, from, end);
      return to === undefined ? undefined : { from, to };
    }
    case wire.fixed64:
      return { from, to: from + 8 };
    case wire.fixed32:
      return { from, to: from + 4 };
    case wire.length: {
      const start = skipVarint(bytes, from, end);
      if (start === undefined) return undefined;
      return { from: start, to: start + smallVarintAt(bytes, from, start) };
    }
    case wire.groupStart:
    case wire.groupEnd:
      return { from, to: from };
    default:
      return undefined;
  }
}

const scalarWires: ReadonlyMap<ScalarType, number> = new Map<ScalarType, number>([
  [ScalarType.DOUBLE, wire.fixed64],
  [ScalarType.FIXED64, wire.fixed64],
  [ScalarType.SFIXED64, wire.fixed64],
  [ScalarType.FLOAT, wire.fixed32],
  [ScalarType.FIXED32, wire.fixed32],
  [ScalarType.SFIXED32, wire.fixed32],
  [ScalarType.STRING, wire.length],
  [ScalarType.BYTES, wire.length],
]);

/** How one value of a scalar is sent. */
export function scalarWire(scalar: ScalarType): number {
  return scalarWires.get(scalar) ?? wire.varint;
}

/** How one value of a field is sent; lists of numbers may also be packed into one record. */
export function fieldWire(field: DescField): number {
  if (field.fieldKind === "map") return wire.length;
  if (field.message !== undefined) return field.delimitedEncoding ? wire.groupStart : wire.length;
  return field.scalar === undefined ? wire.varint : scalarWire(field.scalar);
}
