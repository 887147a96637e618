import { X509Certificate } from "node:crypto";
import type { Database } from "#server/db/client.ts";
import { findCertificates } from "#server/db/find-certificates.ts";
import { didIssue } from "#server/gateway/identify/judge-issued.ts";
import type { CertificateRecord } from "#server/gateway/identify/registry.ts";

type Found = Awaited<ReturnType<typeof findCertificates>>[number];

/** Certificates by fingerprint, each with what there is against the customer's CA that issued it. */
export async function readCertificates(
  db: Database,
  sha256s: readonly string[],
): Promise<readonly CertificateRecord[]> {
  const rows = await findCertificates(db, sha256s);
  return rows.map(({ issuedBy, ...record }) => ({ ...record, authority: against(issuedBy) }));
}

/** Several CAs may bear the same name: of those that are disabled, the signature tells the right one. */
function against(issuedBy: Found["issuedBy"]): CertificateRecord["authority"] {
  const { name, pem, disabled, cameByCustomerCa, authorities } = issuedBy;
  const leaf = pem === null ? undefined : readCertificate(pem);
  const issuing = disabled.find((authority) => {
    const ca = readCertificate(authority.pem);
    return leaf !== undefined && ca !== undefined && didIssue(ca, leaf);
  });
  if (issuing !== undefined) return { name: issuing.name, state: "disabled" };
  return cameByCustomerCa && authorities === 0 ? { name, state: "removed" } : undefined;
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
