import { X509Certificate } from "node:crypto";
import { countCertificatesByIssuer } from "#server/db/count-certificates-by-issuer.ts";
import { daysLeft, findingsOf, type AuthorityFinding } from "#server/domain/authority-findings.ts";
import { SignerUnavailable } from "#server/pki/signer-client.ts";
import { runsAuthorities } from "#server/services/authority/internal.ts";
import { authorityListSchema } from "#server/services/authority/schemas.ts";
import type { Context } from "#server/services/context.ts";
import { defineQuery } from "#server/services/query.ts";

/** A CA. Times are ISO 8601 in UTC, hashes lower-case hex. */
export type AuthorityView = {
  readonly sha256: string;
  /** root, intermediate, issuing */
  readonly kind: string;
  /** Its common name. */
  readonly name: string;
  readonly subject: string;
  /** The CA above it; null for a root. */
  readonly issuerSha256: string | null;
  readonly state: "active" | "trusted" | "retired";
  /** file, encrypted_file, pkcs11, absent */
  readonly keyPlace: string;
  readonly keyAlgorithm: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  /** Certificates of devices that it signed and that still count: of all organisations for the one that runs the installation. */
  readonly certificates: number;
  readonly findings: readonly AuthorityFinding[];
  readonly pem: string;
};

/** The CAs of the installation, those above others first. */
export type AuthoritiesView = {
  readonly authorities: readonly AuthorityView[];
  /** A request (PKCS #10) that waits for its certificate; null when there is none. */
  readonly requestPem: string | null;
  readonly signerAnswers: boolean;
  /** Whether the caller's organisation runs the installation. */
  readonly operator: boolean;
};

type Row = {
  readonly sha256: string;
  readonly kind: string;
  readonly subject: string;
  readonly pem: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly state: AuthorityView["state"];
  readonly keyPlace: string;
  readonly keyAlgorithm: string;
  readonly serial: string;
};

type Parsed = { readonly row: Row; readonly certificate: X509Certificate };

function issuerOf({ certificate }: Parsed, all: readonly Parsed[]): string | null {
  if (certificate.checkIssued(certificate)) return null;
  return all.find((each) => certificate.checkIssued(each.certificate))?.row.sha256 ?? null;
}

/** Under each CA those that it signed, newest first. */
function inOrder(views: readonly AuthorityView[], above: string | null): readonly AuthorityView[] {
  const rank = { active: 0, trusted: 1, retired: 2 };
  return views
    .filter(({ issuerSha256 }) => issuerSha256 === above)
    .toSorted((a, b) => rank[a.state] - rank[b.state] || b.notBefore.localeCompare(a.notBefore))
    .flatMap((view) => [view, ...inOrder(views, view.sha256)]);
}

function viewOf(
  each: Parsed,
  at: {
    readonly all: readonly Parsed[];
    readonly counts: ReadonlyMap<string, number>;
    readonly now: Date;
  },
): AuthorityView {
  const { row } = each;
  const certificates = at.counts.get(row.subject) ?? 0;
  return {
    ...row,
    name: /(?:^|, )CN=([^,]+)/.exec(row.subject)?.[1] ?? row.subject,
    issuerSha256: issuerOf(each, at.all),
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    daysLeft: daysLeft(row.notAfter, at.now),
    certificates,
    findings: findingsOf({ ...row, certificates }, at.now),
  };
}

/** What only the signer knows. That it is away keeps nobody from looking. */
async function askSigner({
  signer,
}: Pick<Context, "signer">): Promise<Pick<AuthoritiesView, "requestPem" | "signerAnswers">> {
  try {
    const { csrPem = null } = await signer.manage({ op: "status" });
    return { requestPem: csrPem, signerAnswers: true };
  } catch (error) {
    if (!(error instanceof SignerUnavailable)) throw error;
    return { requestPem: null, signerAnswers: false };
  }
}

/** The CAs of the installation: how they stand, how long they last, what is to be done about them. */
export const listAuthorities = defineQuery({
  name: "authority.list",
  can: "authority.view",
  input: authorityListSchema,
  run: async ({ ctx, tx }): Promise<AuthoritiesView> => {
    const operator = await runsAuthorities(tx, ctx);
    const rows = await tx.certificateAuthority.findMany({
      omit: { createdAt: true, changedAt: true, spkiSha256: true },
    });
    const now = ctx.now();
    const tenantId = operator ? null : ctx.tenantId;
    const counts = await countCertificatesByIssuer(tx, { now, tenantId });
    const all = rows.map((row) => ({ row, certificate: new X509Certificate(row.pem) }));
    const views = all.map((each) => viewOf(each, { all, counts, now }));
    return { authorities: inOrder(views, null), operator, ...(await askSigner(ctx)) };
  },
});
