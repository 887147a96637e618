import { isUtf8 } from "node:buffer";
import { quoteName } from "#server/pipeline/readings.ts";
import { maxJsonDepth, maxJsonKeys } from "#server/pipeline/scan-json.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";
import {
  argumentOf,
  cborMajor,
  emptyHead,
  indefinite,
  isBeyondDoubles,
  isNotFinite,
  readHead,
  type CborHead,
} from "#server/schema/cbor-head.ts";

/** What a format allows beyond what JSON has. */
export type CborAllowances = {
  /** SenML's labels are numbers (RFC 8428 §6). */
  readonly integerKeys: boolean;
  readonly byteStrings: boolean;
};

/** What the decoder must know of bytes that are fit for it. */
export type CborMeasure = {
  /** Where the data item begins: behind the tag that says that this is CBOR. */
  readonly start: number;
  /** Members of all maps. */
  readonly keys: number;
  /** Holds values that JSON does not have: times, undefined, byte strings. */
  readonly foreign: boolean;
};

type Scan = {
  readonly bytes: Buffer;
  readonly allowed: CborAllowances;
  readonly head: CborHead;
  at: number;
  keys: number;
  foreign: boolean;
  /** The last text key, for words. */
  keyFrom: number;
  keyTo: number;
  refusal: Refusal | undefined;
};

const selfDescribed = [0xd9, 0xd9, 0xf7];
const textTime = 0;
const epochTime = 1;
const simpleFalse = 20;
const simpleUndefined = 23;
const forbiddenKey = Buffer.from("__proto__");

/**
 * Checks CBOR before the decoder may allocate anything: its structure to the last byte, nesting,
 * keys, lengths against the bytes that are there, and that it holds only what JSON could say.
 */
export function scanCbor(bytes: Buffer, allowed: CborAllowances): Stage<CborMeasure> {
  const start = selfDescribed.every((byte, index) => bytes[index] === byte) ? 3 : 0;
  const scan: Scan = {
    bytes,
    allowed,
    head: emptyHead(),
    at: start,
    keys: 0,
    foreign: false,
    keyFrom: 0,
    keyTo: 0,
    refusal: undefined,
  };
  const isSound = scanItem(scan, 0) && (scan.at === bytes.length || broken(scan, "more follows"));
  if (!isSound) return scan.refusal ?? refuse("not-cbor", "The payload is not CBOR.");
  return pass({ start, keys: scan.keys, foreign: scan.foreign });
}

function broken(scan: Scan, what: string): false {
  scan.refusal = refuse("not-cbor", `The payload is not CBOR: at byte ${scan.at}, ${what}.`);
  return false;
}

function unsupported(scan: Scan, what: string): false {
  const name = scan.bytes.toString("utf8", scan.keyFrom, scan.keyTo);
  const subject = scan.keyTo === 0 ? "The payload" : `The field ${quoteName(name)}`;
  scan.refusal = refuse("unsupported-value", `${subject} ${what}`);
  return false;
}

/** Scans one data item; false when it was refused. Recursion is bounded by the depth. */
function scanItem(scan: Scan, depth: number): boolean {
  const { head } = scan;
  const problem = readHead(scan.bytes, scan.at, head);
  if (problem !== undefined) return broken(scan, problem);
  switch (head.major) {
    case cborMajor.unsigned:
    case cborMajor.negative:
      return scanInteger(scan);
    case cborMajor.text:
      return scanText(scan);
    case cborMajor.array:
      return scanArray(scan, depth + 1);
    case cborMajor.map:
      return scanMap(scan, depth + 1);
    case cborMajor.tag:
      return scanTag(scan);
    case cborMajor.bytes:
      return scanBytes(scan);
    default:
      return scanSimple(scan);
  }
}

function scanInteger(scan: Scan): boolean {
  const { head } = scan;
  if (head.info === indefinite) return broken(scan, "a whole number has no end");
  if (isBeyondDoubles(head)) {
    return unsupported(scan, "is a whole number beyond 2^53. Send it as a float or as text.");
  }
  scan.at = head.next;
  return true;
}

function scanText(scan: Scan): boolean {
  const { bytes, head } = scan;
  if (head.info === indefinite) {
    return unsupported(scan, "has text in pieces (indefinite length). Send it with its length.");
  }
  const end = head.next + argumentOf(head);
  if (end > bytes.length) return broken(scan, "text is longer than what follows");
  for (let at = head.next; at < end; at += 1) {
    if ((bytes[at] ?? 0) < 0x80) continue;
    if (!isUtf8(bytes.subarray(head.next, end))) return broken(scan, "text is not valid UTF-8");
    break;
  }
  scan.at = end;
  return true;
}

function scanBytes(scan: Scan): boolean {
  const { bytes, head, allowed } = scan;
  if (!allowed.byteStrings) return unsupported(scan, "has bytes. Send text or numbers.");
  if (head.info === indefinite) {
    return unsupported(
      scan,
      "has bytes in pieces (indefinite length). Send them with their length.",
    );
  }
  const end = head.next + argumentOf(head);
  if (end > bytes.length) return broken(scan, "bytes are longer than what follows");
  scan.at = end;
  scan.foreign = true;
  return true;
}

function scanArray(scan: Scan, depth: number): boolean {
  const { bytes, head } = scan;
  if (depth > maxJsonDepth) return tooDeep(scan);
  const isOpen = head.info === indefinite;
  const length = isOpen ? Number.POSITIVE_INFINITY : argumentOf(head);
  scan.at = head.next;
  // Every item takes a byte at least.
  if (!isOpen && length > bytes.length - scan.at) {
    return broken(scan, "a list is longer than what follows");
  }
  for (let index = 0; index < length; index += 1) {
    if (isOpen && takeBreak(scan)) return true;
    if (!scanItem(scan, depth)) return false;
  }
  return true;
}

function scanMap(scan: Scan, depth: number): boolean {
  const { bytes, head } = scan;
  if (depth > maxJsonDepth) return tooDeep(scan);
  const isOpen = head.info === indefinite;
  const length = isOpen ? Number.POSITIVE_INFINITY : argumentOf(head);
  scan.at = head.next;
  // Every member takes two bytes at least.
  if (!isOpen && length > (bytes.length - scan.at) / 2) {
    return broken(scan, "a map is longer than what follows");
  }
  for (let index = 0; index < length; index += 1) {
    if (isOpen && takeBreak(scan)) return true;
    scan.keys += 1;
    if (scan.keys > maxJsonKeys) return tooManyKeys(scan);
    if (!scanKey(scan) || !scanItem(scan, depth)) return false;
  }
  return true;
}

function scanKey(scan: Scan): boolean {
  const { bytes, head, allowed } = scan;
  const problem = readHead(bytes, scan.at, head);
  if (problem !== undefined) return broken(scan, problem);
  if (head.major === cborMajor.text) {
    if (!scanText(scan)) return false;
    scan.keyFrom = head.next;
    scan.keyTo = scan.at;
    const isForbidden =
      scan.at - head.next === forbiddenKey.length &&
      bytes.subarray(head.next, scan.at).equals(forbiddenKey);
    return isForbidden ? unsupported(scan, "has a name that is not allowed.") : true;
  }
  const isInteger = head.major === cborMajor.unsigned || head.major === cborMajor.negative;
  if (isInteger && allowed.integerKeys) return scanInteger(scan);
  scan.refusal = refuse("unsupported-value", "A key of a map is not text. Send names as text.");
  return false;
}

function scanTag(scan: Scan): boolean {
  const { bytes, head } = scan;
  const tag = head.info === indefinite ? Number.NaN : argumentOf(head);
  if (tag !== textTime && tag !== epochTime) {
    return unsupported(scan, "has a CBOR tag other than 0 and 1 (times). Send plain values.");
  }
  scan.at = head.next;
  scan.foreign = true;
  const problem = readHead(bytes, scan.at, head);
  if (problem !== undefined) return broken(scan, problem);
  if (tag === textTime) {
    return head.major === cborMajor.text ? scanText(scan) : broken(scan, "a time is not text");
  }
  if (head.major === cborMajor.unsigned || head.major === cborMajor.negative) {
    return scanInteger(scan);
  }
  const isFloat = head.major === cborMajor.simple && head.info >= 25;
  return isFloat ? scanSimple(scan) : broken(scan, "a time is not a number");
}

/** True, false, null, undefined and floats; everything else of major type 7 is refused. */
function scanSimple(scan: Scan): boolean {
  const { head } = scan;
  if (head.info === indefinite) return broken(scan, "an end that nothing began");
  const isFloat = head.info >= 25;
  if (isFloat && isNotFinite(head)) {
    return unsupported(scan, "is NaN or infinite. Leave it out, or send null.");
  }
  if (!isFloat && (head.info < simpleFalse || head.info > simpleUndefined)) {
    return unsupported(scan, "has a simple value without a meaning. Send true, false or null.");
  }
  if (head.info === simpleUndefined) scan.foreign = true;
  scan.at = head.next;
  return true;
}

function takeBreak(scan: Scan): boolean {
  if (scan.bytes[scan.at] !== 0xff) return false;
  scan.at += 1;
  return true;
}

function tooDeep(scan: Scan): false {
  scan.refusal = refuse("too-deep", `The CBOR is nested deeper than ${maxJsonDepth} levels.`);
  return false;
}

function tooManyKeys(scan: Scan): false {
  scan.refusal = refuse("too-many-keys", `The CBOR has more than ${maxJsonKeys} keys.`);
  return false;
}
