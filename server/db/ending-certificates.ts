import type { Database, Tx } from "#server/db/client.ts";

/** Why a certificate is done with. */
export type RetirementCause = "overlap-over" | "never-used";

/** A certificate that is to be retired. */
export type EndingCertificate = {
  readonly tenantId: string;
  readonly id: string;
  readonly cause: RetirementCause;
};

/**
 * Certificates that are done with (ingest role): superseded ones after their overlap, as long as
 * another one of the device is in use; and new ones that were not used within the given time although
 * the device has been here with its old one since. A device that sleeps meanwhile loses nothing.
 */
export async function findEndingCertificates(
  db: Database,
  at: { readonly now: Date; readonly unusedSince: Date; readonly most: number },
): Promise<readonly EndingCertificate[]> {
  const { rows } = await db.pool.query<EndingCertificate>(
    `(SELECT c.tenant_id AS "tenantId", c.id, 'overlap-over' AS cause
      FROM certificate c
      WHERE c.state = 'superseded' AND c.retire_at <= $1
        AND (c.not_after <= $1 OR EXISTS (SELECT FROM certificate o
          WHERE o.tenant_id = c.tenant_id AND o.device_id = c.device_id AND o.state = 'active' AND o.not_after > $1))
      ORDER BY c.retire_at LIMIT $3)
     UNION ALL
     (SELECT c.tenant_id, c.id, 'never-used'
      FROM certificate c
      JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
      JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
      JOIN certificate o ON o.tenant_id = c.tenant_id AND o.device_id = c.device_id AND o.sha256 = s.certificate_sha256
      WHERE c.state = 'issued' AND c.issued_at <= $2
        AND o.state IN ('active', 'superseded') AND o.not_after > $1
        AND (s.connected OR greatest(s.connected_at, s.disconnected_at) >= c.issued_at + ($1::timestamptz - $2::timestamptz))
      ORDER BY c.issued_at LIMIT $3)`,
    [at.now, at.unusedSince, at.most],
  );
  return rows;
}

/** Superseded certificates of earlier versions, which had no end of their overlap. @returns how many */
export async function setMissingRetirements(
  db: Database,
  at: { readonly now: Date; readonly overlapDays: number; readonly most: number },
): Promise<number> {
  const { rowCount } = await db.pool.query(
    `UPDATE certificate c SET retire_at = least(c.not_after, $1::timestamptz
       + make_interval(days => coalesce((p.certificate_policy ->> 'overlapDays')::integer, $2::integer)))
     FROM device d JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
     WHERE d.tenant_id = c.tenant_id AND d.id = c.device_id AND (c.tenant_id, c.id) IN
       (SELECT tenant_id, id FROM certificate WHERE state = 'superseded' AND retire_at IS NULL LIMIT $3)`,
    [at.now, at.overlapDays, at.most],
  );
  return rowCount ?? 0;
}

/** A certificate that was retired by this call. */
export type RetiredCertificate = {
  readonly id: string;
  readonly sha256: string;
  readonly deviceId: string;
  readonly deviceKey: string;
};

/** Retires certificates of the transaction's tenant that are in the state still. */
export async function retireCertificates(
  tx: Tx,
  {
    tenantId,
    ids,
    from,
  }: {
    readonly tenantId: string;
    readonly ids: readonly string[];
    readonly from: "issued" | "superseded";
  },
): Promise<readonly RetiredCertificate[]> {
  return tx.$queryRaw<RetiredCertificate[]>`
    UPDATE certificate c SET state = 'retired'
    FROM device d
    WHERE c.tenant_id = ${tenantId}::uuid AND c.id = ANY (${[...ids]}::uuid[])
      AND c.state = ${from}::"CertificateState" AND d.tenant_id = c.tenant_id AND d.id = c.device_id
    RETURNING c.id, c.sha256, d.device_id AS "deviceId", d.key::text AS "deviceKey"`;
}
