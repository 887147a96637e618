import {
  argumentOf,
  cborMajor,
  emptyHead,
  indefinite,
  readHead,
  type CborHead,
} from "#server/schema/cbor-head.ts";

export const maxDiagnosticCharacters = 65_536;
const deepest = 64;

type Dump = { readonly bytes: Buffer; at: number; text: string; readonly head: CborHead };

/** Ends the dump; what was written until then is shown. */
class DumpEnded extends Error {}

/**
 * CBOR in diagnostic notation (RFC 8949 §8), for people. Whatever the bytes are: where they are no
 * CBOR any more, or the text becomes too long, it says so and ends.
 */
export function cborDiagnostic(payload: Buffer): string {
  const dump: Dump = { bytes: payload, at: 0, text: "", head: emptyHead() };
  try {
    writeItem(dump, 0);
    if (dump.at < payload.length) {
      throw new DumpEnded(`${payload.length - dump.at} more bytes after the item`);
    }
  } catch (error) {
    if (!(error instanceof DumpEnded)) throw error;
    const shown = dump.text.slice(0, maxDiagnosticCharacters).toWellFormed();
    return `${shown} … <at byte ${dump.at}: ${error.message}>`;
  }
  return dump.text;
}

function write(dump: Dump, text: string): void {
  dump.text += text;
  if (dump.text.length > maxDiagnosticCharacters) throw new DumpEnded("more is not shown");
}

function nextHead(dump: Dump): CborHead {
  const problem = readHead(dump.bytes, dump.at, dump.head);
  if (problem !== undefined) throw new DumpEnded(problem);
  return dump.head;
}

function writeItem(dump: Dump, depth: number): void {
  if (depth > deepest) throw new DumpEnded(`more than ${deepest} levels`);
  const head = nextHead(dump);
  const isOpen = head.info === indefinite;
  switch (head.major) {
    case cborMajor.unsigned:
    case cborMajor.negative:
      if (isOpen) throw new DumpEnded("a whole number without a length");
      dump.at = head.next;
      write(dump, integerText(head));
      return;
    case cborMajor.bytes:
    case cborMajor.text:
      if (isOpen) writePieces(dump, depth);
      else writeString(dump);
      return;
    case cborMajor.array:
    case cborMajor.map:
      writeItems(dump, depth);
      return;
    case cborMajor.tag:
      if (isOpen) throw new DumpEnded("a tag without a number");
      dump.at = head.next;
      write(dump, `${integerText(head)}(`);
      writeItem(dump, depth + 1);
      write(dump, ")");
      return;
    default:
      writeSimple(dump);
  }
}

function integerText({ major, high, low }: CborHead): string {
  const value = (BigInt(high) << 32n) | BigInt(low);
  return String(major === cborMajor.negative ? -1n - value : value);
}

function writeString(dump: Dump): void {
  const { major, next } = dump.head;
  const end = next + argumentOf(dump.head);
  if (end > dump.bytes.length) throw new DumpEnded("it ends too early");
  // Twice the limit is enough to reach it.
  const content = dump.bytes.subarray(next, Math.min(end, next + 2 * maxDiagnosticCharacters));
  dump.at = end;
  write(
    dump,
    major === cborMajor.bytes
      ? `h'${content.toString("hex")}'`
      : JSON.stringify(content.toString("utf8")),
  );
}

function writePieces(dump: Dump, depth: number): void {
  const { major, next } = dump.head;
  dump.at = next;
  write(dump, "(_ ");
  for (let index = 0; !takeBreak(dump); index += 1) {
    if (index > 0) write(dump, ", ");
    const piece = nextHead(dump);
    if (piece.major !== major || piece.info === indefinite) {
      throw new DumpEnded("a piece of another kind");
    }
    writeItem(dump, depth + 1);
  }
  write(dump, ")");
}

function writeItems(dump: Dump, depth: number): void {
  const { major, info, next } = dump.head;
  const isMap = major === cborMajor.map;
  const isOpen = info === indefinite;
  const length = isOpen ? Number.POSITIVE_INFINITY : argumentOf(dump.head);
  dump.at = next;
  write(dump, `${isMap ? "{" : "["}${isOpen ? "_ " : ""}`);
  for (let index = 0; index < length && !(isOpen && takeBreak(dump)); index += 1) {
    if (index > 0) write(dump, ", ");
    writeItem(dump, depth + 1);
    if (!isMap) continue;
    write(dump, ": ");
    writeItem(dump, depth + 1);
  }
  write(dump, isMap ? "}" : "]");
}

function takeBreak(dump: Dump): boolean {
  if (dump.bytes[dump.at] !== 0xff) return false;
  dump.at += 1;
  return true;
}

const simpleNames: ReadonlyMap<number, string> = new Map([
  [20, "false"],
  [21, "true"],
  [22, "null"],
  [23, "undefined"],
]);

function writeSimple(dump: Dump): void {
  const { info, low, next } = dump.head;
  if (info === indefinite) throw new DumpEnded("an end that nothing began");
  const start = dump.at + 1;
  dump.at = next;
  if (info >= 25) write(dump, floatText(readFloat(dump.bytes, start, info)));
  else write(dump, simpleNames.get(low) ?? `simple(${low})`);
}

function readFloat(bytes: Buffer, start: number, info: number): number {
  if (info === 26) return bytes.readFloatBE(start);
  if (info === 27) return bytes.readDoubleBE(start);
  const half = bytes.readUInt16BE(start);
  const sign = half >= 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A float looks like one: 1.0, not 1. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}
