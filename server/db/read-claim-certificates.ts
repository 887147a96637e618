import type { Database } from "#server/db/client.ts";

/** A claim certificate, of whatever issuer. */
export type ClaimCertificate = {
  readonly sha256: string;
  readonly pem: string;
  readonly revokedAt: Date | null;
};

/** All claim certificates, over all tenants (ingest role). */
export async function readClaimCertificates(db: Database): Promise<readonly ClaimCertificate[]> {
  const { rows } = await db.pool.query<ClaimCertificate>(
    `SELECT sha256, pem, revoked_at AS "revokedAt" FROM enrolment_credential
     WHERE kind = 'certificate' AND pem IS NOT NULL AND sha256 IS NOT NULL`,
  );
  return rows;
}
