import type { Database } from "#server/db/client.ts";
import type { DeviceAttributes } from "#server/domain/device-attributes.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

type Row = {
  readonly tenantId: string;
  readonly id: string;
  readonly sha256: string;
  readonly state: "issued" | "active" | "superseded" | "retired" | "suspended" | "revoked";
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
  readonly deviceUuid: string;
  /** bigint arrives as text. */
  readonly deviceKey: string;
  readonly deviceId: string;
  readonly deviceState: DeviceState;
  readonly profileId: string;
  readonly attributes: DeviceAttributes;
  /** Where customers' CAs of the certificate's issuer name do not count, else null. */
  readonly pem: string | null;
  readonly issuer: string;
  readonly cameByCustomerCa: boolean;
  readonly authorities: number;
  readonly disabledNames: string[];
  readonly disabledPems: string[];
};

/**
 * Certificates by fingerprint with their devices and, of the organisation's own CAs that bear the
 * name of their issuer, those that are disabled; over all tenants (ingest role).
 */
export async function findCertificates(db: Database, sha256s: readonly string[]) {
  const { rows } = await db.pool.query<Row>(
    `SELECT c.tenant_id AS "tenantId", c.id, c.sha256, c.state, c.not_before AS "notBefore",
       c.not_after AS "notAfter", c.revoked_at AS "revokedAt",
       c.revocation_reason AS "revocationReason", d.id AS "deviceUuid", d.key AS "deviceKey",
       d.device_id AS "deviceId", d.state AS "deviceState", d.profile_id AS "profileId", d.attributes,
       c.issuer, g.kind IS NOT NULL AS "cameByCustomerCa", a.authorities,
       CASE WHEN cardinality(a.names) > 0 THEN c.pem END AS pem,
       a.names AS "disabledNames", a.pems AS "disabledPems"
     FROM certificate c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
     LEFT JOIN enrolment_group g ON g.tenant_id = d.tenant_id AND g.id = d.enrolment_group_id
       AND g.kind = 'customer_ca'
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS authorities,
         coalesce(array_agg(ca.name) FILTER (WHERE ca.state <> 'active'), '{}') AS names,
         coalesce(array_agg(ca.pem) FILTER (WHERE ca.state <> 'active'), '{}') AS pems
       FROM customer_ca ca
       WHERE ca.tenant_id = c.tenant_id AND ca.subject = c.issuer) a
     WHERE c.sha256 = ANY($1)`,
    [sha256s],
  );
  return rows.map((row) => ({
    id: row.id,
    sha256: row.sha256,
    state: row.state,
    notBefore: row.notBefore,
    notAfter: row.notAfter,
    revokedAt: row.revokedAt,
    revocationReason: row.revocationReason,
    issuedBy: {
      name: row.issuer,
      cameByCustomerCa: row.cameByCustomerCa,
      authorities: row.authorities,
      pem: row.pem,
      disabled: row.disabledNames.map((name, index) => ({
        name,
        pem: row.disabledPems[index] ?? "",
      })),
    },
    device: {
      tenantId: row.tenantId,
      deviceKey: BigInt(row.deviceKey),
      id: row.deviceUuid,
      deviceId: row.deviceId,
      profileId: row.profileId,
      attributes: row.attributes,
      state: row.deviceState,
    },
  }));
}
