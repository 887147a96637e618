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
};

/** Certificates by fingerprint with their devices, over all tenants (ingest role). */
export async function findCertificates(db: Database, sha256s: readonly string[]) {
  const { rows } = await db.pool.query<Row>(
    `SELECT c.tenant_id AS "tenantId", c.id, c.sha256, c.state, c.not_before AS "notBefore",
       c.not_after AS "notAfter", c.revoked_at AS "revokedAt",
       c.revocation_reason AS "revocationReason", d.id AS "deviceUuid", d.key AS "deviceKey",
       d.device_id AS "deviceId", d.state AS "deviceState", d.profile_id AS "profileId", d.attributes
     FROM certificate c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
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
