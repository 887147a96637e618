import type { Logger } from "pino";
import type { Database } from "#server/db/client.ts";
import type { PkiAuthority } from "#server/db/find-pki-authorities.ts";
import { readFullList, readNewestList, type StoredList } from "#server/db/read-revocation-list.ts";
import { readRevocations, type Revocations } from "#server/db/read-revocations.ts";
import { storeRevocationLists, type SignedList } from "#server/db/store-revocation-lists.ts";
import { certificateFields, type CertificateFields } from "#server/pki/certificate-fields.ts";
import {
  changedEntries,
  countEntries,
  encodeEntries,
  reasonCode,
  type RevokedCertificate,
} from "#server/pki/crl-entries.ts";
import { numberInFile } from "#server/pki/crl-files.ts";
import {
  crlDates,
  crlIsDue,
  crlRenewMs,
  crlUrls,
  type CrlCause,
} from "#server/pki/crl-schedule.ts";
import { encodeCrl, encodeTbsCrl, readCrl, type CrlDraft } from "#server/pki/crl.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { pkiUrls } from "#server/pki/pki-urls.ts";
import type { Signer } from "#server/pki/signer-client.ts";

export type PublishParts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly signer: Pick<Signer, "signCrl">;
  readonly dataDir: string;
  /** Address of the PKI port as certificates carry it. */
  readonly pkiUrl: string;
  readonly now: () => Date;
  readonly log: Pick<Logger, "warn" | "info">;
};

/** What was published. */
export type Published = { readonly cause: CrlCause; readonly number: bigint };

/** What the lists of a CA are made of. */
type Material = {
  readonly authority: PkiAuthority;
  readonly fields: CertificateFields;
  readonly revocations: Revocations;
  /** Entries as they are now. */
  readonly entries: Buffer;
  readonly newest: StoredList | undefined;
};

/**
 * Makes new lists of a CA, a full one and what changed since an older one, when there is a cause.
 * The caller holds the lock of the CA's lists.
 * @param input.askedAt when somebody last asked for new lists
 * @returns undefined when those that there are still hold
 * @throws SignerUnavailable, SignerRefusal, and what the database throws; then the old lists stay
 */
export async function publishIfDue(
  parts: PublishParts,
  input: { readonly authority: PkiAuthority; readonly askedAt: Date | undefined },
): Promise<Published | undefined> {
  const { authority, askedAt } = input;
  const issuerSha256 = authority.sha256;
  const now = parts.now();
  const newest = await readNewestList(parts.db, { issuerSha256, kind: "full" });
  const delta = await readNewestList(parts.db, { issuerSha256, kind: "delta" });
  // Who expired is named by one more list that is made after it (RFC 5280 §3.3).
  const endingAfter = newest === undefined || newest.createdAt > now ? now : newest.createdAt;
  const { subject: issuer } = authority;
  const revocations = await readRevocations(parts.db, { issuer, endingAfter });
  const entries = encodeEntries(revokedOf(revocations, { issuer, endingAfter }));
  const before = newest === undefined ? undefined : readCrl(newest.der);
  const due = crlIsDue({ full: newest, delta, askedAt, now });
  const isSame = before?.entries.equals(entries) === true && revocations.pending.length === 0;
  const cause = due ?? (isSame ? undefined : "change");
  if (cause === undefined) return undefined;
  const fields = certificateFields(authority.pem);
  const material: Material = { authority, fields, revocations, entries, newest };
  const number = await nextNumber(parts, material, delta);
  const lists = await signLists(parts, { material, number, delta, now });
  const { pending } = revocations;
  await storeRevocationLists(parts.db, { issuerSha256, lists, revocations: pending, at: now });
  return { cause, number };
}

function revokedOf(
  { devices, claims }: Revocations,
  of: { readonly issuer: string; readonly endingAfter: Date },
): readonly RevokedCertificate[] {
  const revoked = devices.map(({ serial, at, reason }) => ({
    serial,
    at,
    reason: reasonCode(reason),
  }));
  for (const { pem, at } of claims) {
    const { issuer, serial, notAfter } = describeCertificate(pem);
    if (issuer !== of.issuer || notAfter < of.endingAfter) continue;
    revoked.push({ serial, at, reason: 0 });
  }
  return revoked;
}

async function nextNumber(
  { dataDir }: PublishParts,
  { authority, newest }: Material,
  delta: StoredList | undefined,
): Promise<bigint> {
  const ca = { issuerSha256: authority.sha256, issuerPem: authority.pem };
  const known = [newest?.number, delta?.number, await numberInFile(dataDir, ca)];
  return (
    1n + known.reduce<bigint>((most, each) => (each !== undefined && each > most ? each : most), 0n)
  );
}

async function signLists(
  parts: PublishParts,
  at: {
    readonly material: Material;
    readonly number: bigint;
    readonly delta: StoredList | undefined;
    readonly now: Date;
  },
): Promise<readonly SignedList[]> {
  const { material, number, now } = at;
  const { authority, fields, entries, newest } = material;
  const { crl, deltaCrl } = pkiUrls(parts.pkiUrl, authority.sha256);
  const draft: CrlDraft = {
    issuer: fields,
    number,
    ...crlDates(now),
    entries,
    urls: crlUrls(crl, newest === undefined ? [] : readCrl(newest.der).urls),
    deltaUrl: deltaCrl,
  };
  const full = await signList(parts, authority, draft);
  const base = await baseOf(parts, at);
  if (base === undefined) return [full];
  const changed = changedEntries({ base: readCrl(base.der).entries, current: entries, now });
  const added = { ...draft, entries: changed, baseNumber: base.number };
  return [full, await signList(parts, authority, added)];
}

async function signList(
  { signer }: PublishParts,
  { sha256 }: PkiAuthority,
  draft: CrlDraft,
): Promise<SignedList> {
  const tbs = encodeTbsCrl(draft);
  const signature = await signer.signCrl({ issuerSha256: sha256, tbs });
  const { number, baseNumber, thisUpdate, nextUpdate } = draft;
  return {
    kind: baseNumber === undefined ? "full" : "delta",
    number,
    baseNumber,
    thisUpdate,
    nextUpdate,
    der: encodeCrl(tbs, signature),
    entries: countEntries(draft.entries),
  };
}

/**
 * The full list that the next delta adds to: that of the delta before, so that whoever has fetched a
 * full list within a third of its life gets by with deltas; then the newest.
 */
async function baseOf(
  { db }: PublishParts,
  at: {
    readonly material: Material;
    readonly delta: StoredList | undefined;
    readonly now: Date;
  },
): Promise<StoredList | undefined> {
  const { authority, newest } = at.material;
  const number = at.delta?.baseNumber ?? undefined;
  if (number === undefined) return newest;
  const before = await readFullList(db, { issuerSha256: authority.sha256, number });
  const isYoung =
    before !== undefined && at.now.getTime() - before.createdAt.getTime() < crlRenewMs;
  return isYoung ? before : newest;
}
