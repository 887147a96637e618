import type { Database } from "#server/db/client.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { describeCertificate } from "#server/pki/describe.ts";

/**
 * Records the CA certificates in the database, where console and auditors read them. Does nothing
 * when they are known. Works under the application's role and the worker's.
 * @throws AuthorityUnusable when the signer has not made them yet
 */
export async function recordAuthorities(db: Database, dataDir: string): Promise<void> {
  const { rootPem, issuingPem } = await readAuthorityCertificates(dataDir);
  const data = [
    { kind: "root", pem: rootPem },
    { kind: "issuing", pem: issuingPem },
  ].map(({ kind, pem }) => {
    const { sha256, subject, notBefore, notAfter } = describeCertificate(pem);
    return { kind, pem, sha256, subject, notBefore, notAfter };
  });
  await withInstallation(db, (tx) =>
    tx.certificateAuthority.createMany({ data, skipDuplicates: true }),
  );
}
