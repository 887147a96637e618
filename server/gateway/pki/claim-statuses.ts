import type { Database } from "#server/db/client.ts";
import type { CertificateStatus } from "#server/db/find-certificate-statuses.ts";
import { readClaimCertificates } from "#server/db/read-claim-certificates.ts";
import { describeCertificate } from "#server/pki/describe.ts";

/** What is known of claim certificates, which the registry keeps without their serials. */
export type ClaimStatuses = {
  find(issuer: string, serial: string): Promise<CertificateStatus | undefined>;
  /** One was issued or revoked, or may have been. */
  forget(): void;
};

const freshMs = 60_000;

type Names = { readonly issuer: string; readonly serial: string };

/** @param now epoch milliseconds */
export function createClaimStatuses(db: Database, now: () => number): ClaimStatuses {
  // A certificate never changes: what it says is read once.
  const names = new Map<string, Names>();
  let known = new Map<string, CertificateStatus>();
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<void> => {
    const startedAt = now();
    const rows = await readClaimCertificates(db);
    known = new Map(
      rows.map(({ sha256, pem, revokedAt }) => {
        const { issuer, serial } = names.get(sha256) ?? describeCertificate(pem);
        names.set(sha256, { issuer, serial });
        const status = revokedAt === null ? "good" : "revoked";
        return [`${issuer} ${serial}`, { serial, status, at: revokedAt, reason: "unspecified" }];
      }),
    );
    readAt = startedAt;
  };
  return {
    find: async (issuer, serial) => {
      if (Math.abs(now() - readAt) >= freshMs) await read();
      return known.get(`${issuer} ${serial}`);
    },
    forget: () => {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}
