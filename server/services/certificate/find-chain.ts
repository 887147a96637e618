import { X509Certificate } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import type { CertificateKind } from "#server/domain/certificate-kind.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { readAnatomy } from "#server/pki/read-anatomy.ts";

/** A certificate above another one. */
export type ChainLink = {
  readonly kind: Extract<CertificateKind, "issuing" | "root" | "customer_ca">;
  readonly subject: string;
  readonly sha256: string;
  readonly serial: string;
  readonly keyAlgorithm: string;
  readonly signature: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whether it still counts: a CA that is retired or disabled does not. */
  readonly counts: boolean;
  /** The enrolment group of a customer's CA. */
  readonly groupId: string | null;
  readonly pem: string;
};

type Candidate = Pick<ChainLink, "kind" | "counts" | "groupId" | "pem">;

/** Longer chains nobody signs; a circle ends here. */
const longest = 5;

/** Several CAs may bear one name: the one that has signed it counts, RFC 5280 §6.1.3. */
function signed(above: Candidate, below: X509Certificate): boolean {
  try {
    const issuer = new X509Certificate(above.pem);
    return below.checkIssued(issuer) && below.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

async function candidates(tx: Tx, tenantId: string, subject: string): Promise<Candidate[]> {
  const [own, customers] = [
    await tx.certificateAuthority.findMany({
      where: { subject },
      select: { kind: true, state: true, pem: true },
    }),
    await tx.customerCa.findMany({
      where: { tenantId, subject },
      select: { groupId: true, state: true, pem: true },
    }),
  ];
  return [
    ...own.map(({ kind, state, pem }) => ({
      kind: kind === "root" ? ("root" as const) : ("issuing" as const),
      counts: state !== "retired",
      groupId: null,
      pem,
    })),
    ...customers.map(({ groupId, state, pem }) => ({
      kind: "customer_ca" as const,
      counts: state === "active",
      groupId,
      pem,
    })),
  ];
}

function linkOf({ pem, ...known }: Candidate): ChainLink {
  const { subject, sha256, serial, keyAlgorithm, notBefore, notAfter } = describeCertificate(pem);
  return {
    ...known,
    subject,
    sha256,
    serial,
    keyAlgorithm,
    signature: readAnatomy(pem).signature,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    pem,
  };
}

/**
 * The certificates above one, its issuer first, as far as they are known here: the installation's own
 * CAs and those of the organisation's customers.
 * @throws Error when the certificate cannot be read
 */
export async function findChain(
  tx: Tx,
  { tenantId, pem }: { readonly tenantId: string; readonly pem: string },
): Promise<readonly ChainLink[]> {
  const chain: ChainLink[] = [];
  let below = new X509Certificate(pem);
  while (chain.length < longest && below.issuer !== below.subject) {
    const issuer = below.issuer.replaceAll("\n", ", ");
    const known = await candidates(tx, tenantId, issuer);
    const current = below;
    const above = known.find((candidate) => signed(candidate, current));
    if (above === undefined) break;
    chain.push(linkOf(above));
    below = new X509Certificate(above.pem);
  }
  return chain;
}
