import type { Database, Tx } from "#server/db/client.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import type { AuthorityStatus } from "#server/pki/signer-client.ts";

function rowOf({ sha256, kind, state, keyPlace, certificatePem }: AuthorityStatus) {
  const described = describeCertificate(certificatePem);
  const { subject, serial, spkiSha256, keyAlgorithm, notBefore, notAfter } = described;
  const identity = { sha256, kind, subject, pem: certificatePem, notBefore, notAfter };
  return { ...identity, state, keyPlace, keyAlgorithm, serial, spkiSha256 };
}

/**
 * Makes the table of CAs equal to what the signer says: those that are new, those whose state or key
 * changed. One that the signer does not know (its folder is another installation's) counts as retired.
 * Works under the application's role and the worker's.
 */
export async function writeAuthorities(
  tx: Tx,
  authorities: readonly AuthorityStatus[],
  now: Date,
): Promise<void> {
  const rows = authorities.map(rowOf);
  const known = await tx.certificateAuthority.findMany({
    select: { sha256: true, state: true, keyPlace: true, spkiSha256: true },
  });
  const before = new Map(known.map((row) => [row.sha256, row]));
  const fresh = rows.filter(({ sha256 }) => !before.has(sha256));
  if (fresh.length > 0) {
    await tx.certificateAuthority.createMany({ data: fresh, skipDuplicates: true });
  }
  for (const { sha256, state, keyPlace, keyAlgorithm, serial, spkiSha256 } of rows) {
    const row = before.get(sha256);
    const isSame =
      row === undefined ||
      (row.state === state && row.keyPlace === keyPlace && row.spkiSha256 === spkiSha256);
    if (isSame) continue;
    const data = { state, keyPlace, keyAlgorithm, serial, spkiSha256, changedAt: now };
    await tx.certificateAuthority.updateMany({ where: { sha256 }, data });
  }
  await tx.certificateAuthority.updateMany({
    where: { sha256: { notIn: rows.map(({ sha256 }) => sha256) }, state: { not: "retired" } },
    data: { state: "retired", keyPlace: "absent", changedAt: now },
  });
}

/**
 * Records the CAs in the database, where console and auditors read them, as the signer left them on
 * disk.
 * @throws AuthorityUnusable when the signer has not made them yet
 */
export async function recordAuthorities(
  db: Database,
  dataDir: string,
  now: Date = new Date(),
): Promise<void> {
  const { statuses } = await readAuthorityCertificates(dataDir, now);
  await withInstallation(db, (tx) => writeAuthorities(tx, statuses, now));
}
