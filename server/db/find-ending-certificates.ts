import type { Database } from "#server/db/client.ts";
import type { DeviceCertificate } from "#server/domain/alert-rules.ts";

/** What a profile says of the certificates of its devices. */
export type ProfilePolicyRow = {
  readonly tenantId: string;
  readonly profileId: string;
  /** CertificatePolicy (server/domain/profile-parts.ts), as it was stored. */
  readonly policy: unknown;
};

/** The certificate policies of all profiles of all organisations (ingest role). */
export async function readCertificatePolicies(db: Database): Promise<readonly ProfilePolicyRow[]> {
  const result = await db.pool.query<ProfilePolicyRow>(
    `SELECT tenant_id AS "tenantId", id AS "profileId", certificate_policy AS policy FROM profile`,
  );
  return result.rows;
}

/** From when on the certificates of a profile are looked at. */
export type ProfileWindow = {
  readonly tenantId: string;
  readonly profileId: string;
  /** Certificates that end before this; null for a profile whose devices renew by themselves. */
  readonly endsBefore: Date | null;
};

/**
 * Certificates that count, have no successor, and are near their end, or near the time at which their
 * renewal is overdue (a tenth of the life after it was due), of all organisations; those that end
 * first come first.
 * @param at.until for profiles whose devices renew: overdue before this
 */
export async function findEndingCertificates(
  db: Database,
  at: {
    readonly profiles: readonly ProfileWindow[];
    readonly now: Date;
    readonly until: Date;
    readonly limit: number;
  },
): Promise<readonly (DeviceCertificate & { readonly profileId: string })[]> {
  const result = await db.pool.query<DeviceCertificate & { readonly profileId: string }>(
    `SELECT c.tenant_id AS "tenantId", c.id, d.device_id AS "deviceId", d.id AS "deviceUuid", d.name AS "deviceName",
       p.id AS "profileId", p.name AS "profileName", c.not_before AS "notBefore", c.not_after AS "notAfter",
       c.renewal_due_at AS "renewalDueAt"
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS w(tenant_id, profile_id, ends_before)
     JOIN profile p ON p.tenant_id = w.tenant_id AND p.id = w.profile_id
     JOIN device d ON d.tenant_id = p.tenant_id AND d.profile_id = p.id AND d.state <> 'decommissioned'
     JOIN certificate c ON c.tenant_id = d.tenant_id AND c.device_id = d.id AND c.state IN ('issued', 'active')
     WHERE (CASE WHEN w.ends_before IS NOT NULL THEN c.not_after <= w.ends_before
         ELSE coalesce(c.renewal_due_at + (c.not_after - c.not_before) * 0.1,
           c.not_before + (c.not_after - c.not_before) * 0.7) <= $5 END)
       AND NOT EXISTS (
         SELECT 1 FROM certificate n WHERE n.tenant_id = c.tenant_id AND n.device_id = c.device_id
           AND n.not_after > c.not_after
           -- One that was issued and never used is no successor for longer than a day.
           AND (n.state = 'active' OR n.state = 'issued' AND n.issued_at > $4::timestamptz - interval '1 day'))
     ORDER BY c.not_after LIMIT $6`,
    [
      at.profiles.map(({ tenantId }) => tenantId),
      at.profiles.map(({ profileId }) => profileId),
      at.profiles.map(({ endsBefore }) => endsBefore),
      at.now,
      at.until,
      at.limit,
    ],
  );
  return result.rows;
}
