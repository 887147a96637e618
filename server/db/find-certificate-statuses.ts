import type { Database } from "#server/db/client.ts";

/** What is known of a certificate that one of our CAs issued. */
export type CertificateStatus = {
  readonly serial: string;
  readonly status: "good" | "revoked";
  /** Of what is revoked or held. */
  readonly at: Date | null;
  /** As in the registry; `certificate_hold` for what is suspended. */
  readonly reason: string;
};

/**
 * Certificates of devices and of our own listeners by serial, over all tenants (ingest role); those
 * that are not known are left out.
 * @param input.issuer the CA's subject, as certificates have it
 */
export async function findCertificateStatuses(
  db: Database,
  input: { readonly issuer: string; readonly serials: readonly string[] },
): Promise<readonly CertificateStatus[]> {
  const { rows } = await db.pool.query<CertificateStatus>(
    `SELECT serial, CASE WHEN state IN ('revoked', 'suspended') THEN 'revoked' ELSE 'good' END AS status,
       CASE state WHEN 'suspended' THEN coalesce(suspended_at, revoked_at, issued_at)
         WHEN 'revoked' THEN coalesce(revoked_at, issued_at) END AS at,
       CASE state WHEN 'suspended' THEN 'certificate_hold'
         ELSE coalesce(revocation_reason, 'unspecified') END AS reason
     FROM certificate WHERE issuer = $1 AND serial = ANY($2) AND serial <> ''
     UNION ALL
     SELECT serial, 'good', NULL, 'unspecified' FROM server_certificate
     WHERE issuer = $1 AND serial = ANY($2)`,
    [input.issuer, input.serials],
  );
  return rows;
}
