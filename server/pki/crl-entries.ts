import {
  encodeDer,
  derExtension,
  derTag,
  encodeTime,
  derElements,
  derElementAt,
  serialHex,
} from "#server/pki/der.ts";

/** Codes of RFC 5280 §5.3.1 by the names that the registry has. */
const reasonCodes: Readonly<Record<string, number>> = {
  unspecified: 0,
  key_compromise: 1,
  ca_compromise: 2,
  affiliation_changed: 3,
  superseded: 4,
  cessation_of_operation: 5,
  certificate_hold: 6,
  privilege_withdrawn: 9,
  aa_compromise: 10,
};

const holdReason = 6;
const removeReason = 8;

/** What is not one of the standard's reasons is said as none. */
export function reasonCode(name: string): number {
  return reasonCodes[name] ?? 0;
}

/** A certificate that is not to be trusted, for good or for now. */
export type RevokedCertificate = {
  /** Lower-case hex. */
  readonly serial: string;
  readonly at: Date;
  /** CRLReason, RFC 5280 §5.3.1. */
  readonly reason: number;
};

/** Each reason's crlEntryExtensions; unspecified is left out, as §5.3.1 asks. */
const reasonExtensions = Array.from({ length: 11 }, (_, code) =>
  code === 0
    ? Buffer.alloc(0)
    : encodeDer(derTag.sequence, derExtension("2.5.29.21", Buffer.of(derTag.enumerated, 1, code))),
);

/** Longest entry: serial of 20 octets, time until 2049, a reason. */
const longestEntry = 64;

/** @returns where the next one begins */
function writeEntry(
  into: Buffer,
  at: number,
  { serial, at: when, reason }: RevokedCertificate,
): number {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`;
  const isHigh = hex.charCodeAt(0) > 0x37;
  const serialLength = hex.length / 2 + (isHigh ? 1 : 0);
  const time = timeOf(when);
  const extension = reasonExtensions[reason] ?? Buffer.alloc(0);
  into[at] = derTag.sequence;
  // Serials have at most 20 octets, so that both lengths are single bytes.
  into[at + 1] = 2 + serialLength + time.length + extension.length;
  into[at + 2] = derTag.integer;
  into[at + 3] = serialLength;
  into[at + 4] = 0;
  let end = at + 4 + (isHigh ? 1 : 0);
  end += into.write(hex, end, "hex");
  end += time.copy(into, end);
  return end + extension.copy(into, end);
}

let lastTime: { readonly second: number; readonly bytes: Buffer } = {
  second: Number.NaN,
  bytes: Buffer.alloc(0),
};

/** Many are revoked in the same second. */
function timeOf(at: Date): Buffer {
  const second = Math.floor(at.getTime() / 1000);
  if (second !== lastTime.second) lastTime = { second, bytes: encodeTime(at) };
  return lastTime.bytes;
}

/** The content of revokedCertificates (RFC 5280 §5.1.2.6), in the order given. */
export function encodeEntries(revoked: readonly RevokedCertificate[]): Buffer {
  const bytes = Buffer.allocUnsafe(revoked.length * longestEntry);
  let at = 0;
  for (const each of revoked) at = writeEntry(bytes, at, each);
  return Buffer.from(bytes.subarray(0, at));
}

type Entry = { readonly serial: string; readonly raw: Buffer };

/** @throws DerError */
export function* walkEntries(entries: Buffer): Generator<Entry, void> {
  for (let at = 0; at < entries.length;) {
    const { contents, raw } = derElementAt(entries, at);
    yield { serial: serialHex(derElementAt(contents).contents), raw };
    at += raw.length;
  }
}

/** @throws DerError */
export function countEntries(entries: Buffer): number {
  let count = 0;
  for (let at = 0; at < entries.length; count += 1) at += derElementAt(entries, at).raw.length;
  return count;
}

/** @throws DerError */
function isHold(raw: Buffer): boolean {
  const [, , extensions] = derElements(derElementAt(raw).contents);
  return extensions?.raw.equals(reasonExtensions[holdReason] ?? raw) ?? false;
}

/**
 * What a list that adds to another one names: what is new or has changed, and what was released
 * (removeFromCRL, RFC 5280 §5.2.4).
 * @param input.base entries of the full list that it adds to
 * @param input.current entries of the full list as it is now
 * @throws DerError
 */
export function changedEntries(input: {
  readonly base: Buffer;
  readonly current: Buffer;
  readonly now: Date;
}): Buffer {
  const before = new Map<string, Buffer>();
  for (const { serial, raw } of walkEntries(input.base)) before.set(serial, raw);
  const changed: Buffer[] = [];
  for (const { serial, raw } of walkEntries(input.current)) {
    if (before.get(serial)?.equals(raw) !== true) changed.push(raw);
    before.delete(serial);
  }
  const released: RevokedCertificate[] = [];
  for (const [serial, raw] of before) {
    // What was revoked for good left the list because it expired: nobody asks for it any more.
    if (isHold(raw)) released.push({ serial, at: input.now, reason: removeReason });
  }
  return Buffer.concat([...changed, encodeEntries(released)]);
}
