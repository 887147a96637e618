import { Decoder } from "cbor-x/decode-no-eval";
import { countMembers } from "#server/pipeline/count-members.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";
import { scanCbor, type CborAllowances } from "#server/schema/scan-cbor.ts";

const asJson: CborAllowances = { integerKeys: false, byteStrings: false };

/** Turns CBOR into what JSON would have given; see {@link readCbor}. */
export function decodeCbor(payload: Buffer): Stage<unknown> {
  return readCbor(payload, asJson);
}

/** `int64AsNumber` is missing in the package's types; the scan lets only exact ones through. */
const options = { useRecords: false, mapsAsObjects: true, int64AsNumber: true };
let decoder: Decoder | undefined;

/**
 * Turns CBOR into plain values. Times (tags 0 and 1) become epoch milliseconds, undefined becomes
 * null, byte strings, where allowed, become base64url text.
 */
export function readCbor(payload: Buffer, allowed: CborAllowances): Stage<unknown> {
  if (payload.length === 0) {
    return refuse("empty", 'The payload is empty. Send a CBOR map such as {"temperature": 21.5}.');
  }
  const scanned = scanCbor(payload, allowed);
  if (!scanned.ok) return scanned;
  const { start, keys, foreign } = scanned.value;
  decoder ??= new Decoder(options);
  let value: unknown;
  try {
    // The decoder leaves a property on what it is given: a view of its own.
    value = decoder.decode(payload.subarray(start));
    if (foreign) value = plain(value);
  } catch {
    return refuse("not-cbor", "The payload is CBOR that cannot be read.");
  }
  const members = countMembers(value);
  if (Number.isNaN(members)) {
    return refuse("unsupported-value", "The payload has a time that is none.");
  }
  if (members !== keys) {
    return refuse("duplicate-key", "A map of the CBOR has a key twice. Send each key once.");
  }
  return pass(value);
}

/** Values that JSON does not have, made into such as it has. Recursion is bounded by the scan. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64url");
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
