import type { Tx } from "#server/db/client.ts";
import {
  findCertificateSessions,
  type CertificateSessions,
} from "#server/db/find-certificate-sessions.ts";
import { countUncheckedWorkers, findRevocationChecks } from "#server/db/find-revocation-checks.ts";
import { findRevocations, type RevocationRow } from "#server/db/find-revocations.ts";
import {
  revocationVerdict,
  type MissingStep,
  type RevocationVerdict,
} from "#server/domain/revocation-verdict.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
import { findAuditOf, type ProofEvent } from "#server/services/revocation/find-audit.ts";
import { revocationShowSchema } from "#server/services/revocation/schemas.ts";
import { viewOf, type RevocationView } from "#server/services/revocation/view.ts";

/** What shows that a revoked or held certificate is dead. Times are ISO 8601 in UTC, digests lower-case hex. */
export type RevocationProof = RevocationView & {
  readonly organisation: string;
  /** Null once the device belongs to another organisation. */
  readonly certificate: {
    readonly subject: string;
    readonly issuer: string;
    readonly keyAlgorithm: string;
    readonly notBefore: string;
    readonly notAfter: string;
    readonly issuedAt: string;
    readonly issuedBy: string;
  } | null;
  readonly session: {
    readonly connected: boolean;
    readonly begunAt: string | null;
    readonly endedAt: string | null;
    readonly endReason: string | null;
    readonly remote: string | null;
  };
  /** Each worker that has judged its sessions. */
  readonly checks: readonly {
    readonly workerId: string;
    readonly host: string;
    readonly at: string;
    readonly sessions: number;
  }[];
  readonly workersMissing: number;
  /** Whether a list of ours is to name it: not-ours when a customer's CA issued it, or it had expired. */
  readonly listed: "yes" | "pending" | "not-ours";
  /** Refused connections with it, by cause and address, newest first. */
  readonly refused: readonly {
    readonly cause: string;
    readonly detail: string;
    readonly remote: string;
    readonly count: number;
    readonly firstAt: string;
    readonly lastAt: string;
  }[];
  /** The event of the audit chain. */
  readonly audit: ProofEvent | null;
  readonly verdict:
    | { readonly kind: "dead"; readonly since: string; readonly missing: readonly MissingStep[] }
    | { readonly kind: "pending"; readonly missing: readonly MissingStep[] }
    | { readonly kind: "released" | "replaced" };
};

/**
 * Gathers the proof of a revocation from the outbox, the workers, the lists and the audit chain.
 * @throws ServiceError not_found
 */
export const revocationProof = defineQuery({
  name: "revocation.proof",
  can: "certificate.view",
  input: revocationShowSchema,
  run: async ({ ctx, tx, input }): Promise<RevocationProof> => {
    const [row] = await findRevocations(tx, { id: input.revocationId }, { limit: 1 });
    if (row === undefined) {
      throw new ServiceError("not_found", "There is no such revocation.", {
        remedy: "Look for the certificate on the page Revocations.",
      });
    }
    const session = await findCertificateSessions(tx, row);
    const certificate = await certificateOf(tx, ctx, row);
    const workersMissing = await countUncheckedWorkers(tx, { revocationId: row.id, at: row.at });
    const listed = await listedState(tx, row, certificate);
    const verdict = verdictOf(row, { session, workersMissing, listed });
    const { name } = await tx.tenant.findUniqueOrThrow({
      where: { id: ctx.tenantId },
      select: { name: true },
    });
    return {
      ...withContacts(viewOf(row), session),
      organisation: name,
      certificate,
      session: sessionOf(session),
      checks: (await findRevocationChecks(tx, row.id)).map(({ at, ...check }) => ({
        ...check,
        at: at.toISOString(),
      })),
      workersMissing,
      listed,
      refused: await refusedWith(tx, ctx, row),
      audit: await findAuditOf(tx, ctx, row),
      verdict,
    };
  },
});

/** What was noted with the revocation, or is known better by now. */
function withContacts(view: RevocationView, session: CertificateSessions): RevocationView {
  const newest = (noted: string | null, known: Date | null) =>
    known === null || (noted !== null && noted > known.toISOString()) ? noted : known.toISOString();
  return {
    ...view,
    lastSessionAt: newest(view.lastSessionAt, session.lastBegunAt),
    lastMessageAt: newest(view.lastMessageAt, session.lastMessageAt),
  };
}

function sessionOf(session: CertificateSessions): RevocationProof["session"] {
  return {
    connected: session.connected,
    begunAt: session.lastBegunAt?.toISOString() ?? null,
    endedAt: session.lastEndedAt?.toISOString() ?? null,
    endReason: session.lastEndReason,
    remote: session.lastRemote,
  };
}

async function certificateOf(tx: Tx, { tenantId }: Context, { certificateId }: RevocationRow) {
  const found = await tx.certificate.findUnique({
    where: { tenantId_id: { tenantId, id: certificateId } },
    select: {
      subject: true,
      issuer: true,
      keyAlgorithm: true,
      notBefore: true,
      notAfter: true,
      issuedAt: true,
      issuedBy: true,
    },
  });
  if (found === null) return null;
  return {
    ...found,
    notBefore: found.notBefore.toISOString(),
    notAfter: found.notAfter.toISOString(),
    issuedAt: found.issuedAt.toISOString(),
  };
}

/** A CA's list names what it issued itself, until that expires (RFC 5280 §3.3). */
async function listedState(
  tx: Tx,
  row: RevocationRow,
  certificate: RevocationProof["certificate"],
): Promise<RevocationProof["listed"]> {
  if (row.crlNumber !== null) return "yes";
  if (certificate === null || certificate.notAfter <= row.at.toISOString()) return "not-ours";
  const ca = await tx.certificateAuthority.findFirst({
    where: { subject: certificate.issuer },
    select: { sha256: true },
  });
  return ca === null ? "not-ours" : "pending";
}

function verdictOf(
  row: RevocationRow,
  found: Pick<RevocationProof, "workersMissing" | "listed"> & {
    readonly session: CertificateSessions;
  },
): RevocationProof["verdict"] {
  const { session, workersMissing, listed } = found;
  const verdict: RevocationVerdict = revocationVerdict({
    state: row.state,
    at: row.at.getTime(),
    cutAt: row.cutAt?.getTime() ?? null,
    lastEndedAt: session.lastEndedAt?.getTime() ?? null,
    connected: session.connected,
    workersMissing,
    listed,
  });
  return verdict.kind === "dead"
    ? { ...verdict, since: new Date(verdict.since).toISOString() }
    : verdict;
}

async function refusedWith(tx: Tx, { tenantId }: Context, { sha256, at }: RevocationRow) {
  const rows = await tx.refusedConnection.findMany({
    where: { tenantId, sha256, lastAt: { gte: at } },
    orderBy: [{ lastAt: "desc" }, { id: "desc" }],
    take: 20,
    select: { reason: true, detail: true, remote: true, count: true, firstAt: true, lastAt: true },
  });
  return rows.map(({ reason, count, firstAt, lastAt, ...row }) => ({
    ...row,
    cause: reason,
    count: Number(count),
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
  }));
}
