import { X509Certificate } from "node:crypto";
import type { Database } from "#server/db/client.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { splitPemBundle } from "#server/pki/pem.ts";

/** DNS names and addresses of the subject alternative names. */
function hostsOf(leafPem: string): string[] {
  return (new X509Certificate(leafPem).subjectAltName ?? "")
    .split(", ")
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}

/**
 * Records the certificate that the device listeners present from now on, and that the one before was
 * replaced (ingest role).
 */
export async function recordServerCertificate(
  db: Database,
  at: { readonly origin: string; readonly certPem: string; readonly now: Date },
): Promise<void> {
  const leafPem = splitPemBundle(at.certPem)[0] ?? "";
  const { sha256, subject, issuer, serial, keyAlgorithm, notBefore, notAfter } =
    describeCertificate(leafPem);
  await withInstallation(db, async (tx) => {
    await tx.serverCertificate.updateMany({
      where: { replacedAt: null, sha256: { not: sha256 } },
      data: { replacedAt: at.now },
    });
    await tx.serverCertificate.upsert({
      where: { sha256 },
      update: { replacedAt: null, source: at.origin },
      create: {
        sha256,
        source: at.origin,
        subject,
        issuer,
        serial,
        pem: at.certPem,
        hosts: hostsOf(leafPem),
        keyAlgorithm,
        notBefore,
        notAfter,
        createdAt: at.now,
      },
      select: { sha256: true },
    });
  });
}
