import { createHash } from "node:crypto";
import type { PkiAuthority } from "#server/db/find-pki-authorities.ts";
import type { CertificateStatus } from "#server/db/find-certificate-statuses.ts";
import { certificateFields } from "#server/pki/certificate-fields.ts";
import { reasonCode } from "#server/pki/crl-entries.ts";
import { backdateMs } from "#server/pki/crl-schedule.ts";
import { DerError } from "#server/pki/der.ts";
import { readOcspRequest, type CertId, type OcspRequest } from "#server/pki/ocsp-request.ts";
import {
  ocspAnswer,
  ocspProblem,
  type CertStatus,
  type OcspProblem,
  type OcspResponder,
} from "#server/pki/ocsp-response.ts";

/** What comes of an OCSP request. */
export type OcspReply = {
  readonly body: Buffer;
  /** For the counters: of the request, or of the certificates in it. */
  readonly statuses: readonly (OcspProblem | CertStatus["kind"])[];
  /** Absent: not to be kept by anybody. */
  readonly keep?: { readonly producedAt: Date; readonly nextUpdate: Date };
};

export type OcspParts = {
  readonly authorities: () => Promise<readonly PkiAuthority[]>;
  /** By serial; those that are not known are left out. */
  readonly statuses: (input: {
    readonly issuer: string;
    readonly serials: readonly string[];
  }) => Promise<readonly CertificateStatus[]>;
  /** @throws Error when the CA has nobody who may answer for it at the moment */
  readonly responder: (authority: PkiAuthority) => Promise<OcspResponder>;
  readonly now: () => Date;
  readonly failed: (error: unknown) => void;
};

export type OcspDesk = {
  /** Answers whatever bytes; never throws. */
  answer(bytes: Uint8Array): Promise<OcspReply>;
  /** Something was revoked, held or released, or may have been: prepared answers are thrown away. */
  forget(): void;
};

/** An answer may be used for so long: longer than a clock that is two hours slow is wrong. */
const answerLifeMs = 4 * 3_600_000;
/** A prepared answer is given again for so long. */
const preparedMs = 3_600_000;
const mostPrepared = 20_000;

type Prepared = { readonly reply: OcspReply; readonly madeAt: number };

/** Answers requests for the status of certificates (RFC 6960), for all issuing CAs. */
export function createOcspDesk(parts: OcspParts): OcspDesk {
  const prepared = new Map<string, Prepared>();
  let generation = 0;
  const preparedFor = (key: string): OcspReply | undefined => {
    const found = prepared.get(key);
    if (found === undefined) return undefined;
    const age = parts.now().getTime() - found.madeAt;
    if (age >= 0 && age < preparedMs) return found.reply;
    prepared.delete(key);
    return undefined;
  };
  const keep = (key: string, reply: OcspReply, begunIn: number): void => {
    // What was revoked in between is not in the answer.
    if (begunIn !== generation || reply.keep === undefined) return;
    prepared.set(key, { reply, madeAt: reply.keep.producedAt.getTime() });
    const oldest = prepared.keys().next();
    if (prepared.size > mostPrepared && oldest.done !== true) prepared.delete(oldest.value);
  };
  const answerRequest = async (request: OcspRequest): Promise<OcspReply> => {
    const [only] = request.ids;
    const isCommon = request.ids.length === 1 && request.nonce === undefined;
    const key = isCommon && only !== undefined ? only.raw.toString("latin1") : undefined;
    const known = key === undefined ? undefined : preparedFor(key);
    if (known !== undefined) return known;
    const begunIn = generation;
    const reply = await answerAnew(parts, request);
    if (key !== undefined) keep(key, reply, begunIn);
    return reply;
  };
  return {
    answer: async (bytes) => {
      try {
        return await answerRequest(readOcspRequest(bytes));
      } catch (error) {
        if (error instanceof DerError) return problem("malformedRequest");
        parts.failed(error);
        return problem("tryLater");
      }
    },
    forget: () => {
      generation += 1;
      prepared.clear();
    },
  };
}

function problem(name: OcspProblem): OcspReply {
  return { body: ocspProblem(name), statuses: [name] };
}

async function answerAnew(parts: OcspParts, request: OcspRequest): Promise<OcspReply> {
  const authorities = (await parts.authorities()).filter(({ kind }) => kind === "issuing");
  const asked = request.ids.map((id) => ({ id, issuer: issuerOf(id, authorities) }));
  const issuer = asked.find((each) => each.issuer !== undefined)?.issuer;
  // Who knows nothing of the issuer may not answer (RFC 6960 §2.3); what is not understood is not repeated.
  const isUnderstood = request.ids.every(({ hash }) => hash !== undefined);
  if (issuer === undefined || !isUnderstood) return problem("unauthorized");
  const known = await statusesOf(parts, issuer, asked);
  const responder = await parts.responder(issuer);
  const now = parts.now();
  const singles = asked.map((each) => ({
    id: each.id.raw,
    // One answer is signed in the name of one CA.
    status: each.issuer === issuer ? statusOf(known.get(each.id.serial ?? "")) : unknown,
  }));
  const nextUpdate = new Date(Math.min(now.getTime() + answerLifeMs, responder.notAfter.getTime()));
  const thisUpdate = new Date(now.getTime() - backdateMs);
  const { nonce } = request;
  const times = { producedAt: now, thisUpdate, nextUpdate };
  const body = ocspAnswer({ responder, singles, ...times, nonce });
  const statuses = singles.map(({ status }) => status.kind);
  // A certificate that is unknown may be issued in a moment.
  const mayKeep = nonce === undefined && !statuses.includes("unknown");
  return { body, statuses, ...(mayKeep && { keep: { producedAt: now, nextUpdate } }) };
}

const unknown: CertStatus = { kind: "unknown" };

async function statusesOf(
  parts: OcspParts,
  { subject, sha256 }: PkiAuthority,
  asked: readonly { readonly id: CertId; readonly issuer: PkiAuthority | undefined }[],
): Promise<ReadonlyMap<string, CertificateStatus>> {
  const serials = asked.flatMap(({ id, issuer }) =>
    issuer?.sha256 === sha256 && id.serial !== undefined ? [id.serial] : [],
  );
  const found = await parts.statuses({ issuer: subject, serials: [...new Set(serials)] });
  return new Map(found.map((status) => [status.serial, status]));
}

function statusOf(found: CertificateStatus | undefined): CertStatus {
  if (found === undefined) return unknown;
  if (found.status === "good" || found.at === null) return { kind: "good" };
  return { kind: "revoked", at: found.at, reason: reasonCode(found.reason) };
}

type IssuerHashes = Readonly<
  Record<"sha1" | "sha256", { readonly name: Buffer; readonly key: Buffer }>
>;
const hashesByPem = new Map<string, IssuerHashes>();
/** More CAs than an installation has in its life. */
const mostHashes = 100;

function hashesOf({ pem }: PkiAuthority): IssuerHashes {
  const known = hashesByPem.get(pem);
  if (known !== undefined) return known;
  const { subject, publicKey } = certificateFields(pem);
  const digest = (algorithm: string) => ({
    name: createHash(algorithm).update(subject).digest(),
    key: createHash(algorithm).update(publicKey).digest(),
  });
  const hashes = { sha1: digest("sha1"), sha256: digest("sha256") };
  if (hashesByPem.size >= mostHashes) hashesByPem.clear();
  hashesByPem.set(pem, hashes);
  return hashes;
}

function issuerOf(
  { hash, issuerNameHash, issuerKeyHash }: CertId,
  authorities: readonly PkiAuthority[],
): PkiAuthority | undefined {
  if (hash === undefined) return undefined;
  return authorities.find((authority) => {
    const { name, key } = hashesOf(authority)[hash];
    return name.equals(issuerNameHash) && key.equals(issuerKeyHash);
  });
}
