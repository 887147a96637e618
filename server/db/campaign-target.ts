import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { connectedSql } from "#server/db/presence-sql.ts";
import type { CampaignTarget } from "#server/domain/campaign.ts";

/** Whose target it is, and when it is looked at. */
export type TargetAt = {
  readonly tenantId: string;
  readonly now: Date;
  /** Subject of the CA that the target names. */
  readonly issuer: string | undefined;
};

/**
 * Devices of a target: those in service whose certificate in use fits. In use is the active one, else
 * the newest that waits for its first use, else one in its overlap.
 */
export function campaignTargetSql(target: CampaignTarget, at: TargetAt): Prisma.Sql {
  const { tenantId, now, issuer } = at;
  const device = [
    Prisma.sql`d.tenant_id = ${tenantId}::uuid`,
    Prisma.sql`d.state IN ('active', 'suspended', 'quarantined')`,
  ];
  if (target.profileIds !== undefined) {
    device.push(Prisma.sql`d.profile_id = ANY(${target.profileIds}::uuid[])`);
  }
  if (target.tags !== undefined) device.push(Prisma.sql`d.tags && ${target.tags}::text[]`);
  return Prisma.sql`SELECT d.id AS device_id, d.key AS device_key, d.profile_id, d.state AS device_state,
      c.id AS certificate_id, c.issued_at, c.not_after
    FROM device d
    JOIN LATERAL (
      SELECT c.id, c.issuer, c.key_algorithm, c.state, c.not_after, c.issued_at FROM certificate c
      WHERE c.tenant_id = d.tenant_id AND c.device_id = d.id
        AND c.state IN ('issued', 'active', 'superseded') AND c.not_after > ${now}::timestamptz
      ORDER BY c.state = 'active' DESC, c.state = 'issued' DESC, c.issued_at DESC, c.id LIMIT 1) c ON true
    WHERE ${Prisma.join([...device, ...certificateSql(target, issuer)], " AND ")}`;
}

function certificateSql(target: CampaignTarget, issuer: string | undefined): Prisma.Sql[] {
  const fits: Prisma.Sql[] = [];
  if (issuer !== undefined) fits.push(Prisma.sql`c.issuer = ${issuer}`);
  if (target.keyAlgorithm !== undefined) {
    fits.push(Prisma.sql`c.key_algorithm = ${target.keyAlgorithm}`);
  }
  if (target.endsBefore !== undefined) {
    fits.push(Prisma.sql`c.not_after < ${new Date(target.endsBefore)}::timestamptz`);
  }
  if (target.certificateIds !== undefined) {
    fits.push(Prisma.sql`c.id = ANY(${target.certificateIds}::uuid[])`);
  }
  if (target.state !== undefined) {
    fits.push(Prisma.sql`c.state = ${target.state}::"CertificateState"`);
  }
  return fits;
}

/** What is to be known of a target before anybody is asked. Counts of devices. */
export type TargetFigures = {
  readonly devices: number;
  /** Left out: they may not connect. */
  readonly suspended: number;
  /** Left out: another campaign has them. */
  readonly busy: number;
  /** The rest, each once: */
  readonly connected: number;
  readonly asleep: number;
  readonly away: number;
  readonly neverSeen: number;
  /** Of the rest as well: */
  readonly noSubscription: number;
  readonly manual: number;
  readonly underWay: number;
  readonly noOtherWay: number;
  /** When the first certificate ends. */
  readonly firstEnd: Date | null;
};

/** Filters by which a device hears that it should renew. */
export const hearsSql = Prisma.sql`q.filter ~ '^qs/v1/d/[^/]+/(#|dn/(#|(\\+|certificate)/(#|\\+|renew)))$'`;

/** Counts what a campaign would meet. */
export async function previewCampaignTarget(
  tx: Tx,
  target: CampaignTarget,
  at: TargetAt,
): Promise<TargetFigures> {
  const { tenantId } = at;
  const [row] = await tx.$queryRaw<TargetFigures[]>`
    WITH target AS MATERIALIZED (${campaignTargetSql(target, at)}), facts AS (
      SELECT t.device_state = 'suspended' AS suspended, t.not_after,
        EXISTS (SELECT FROM rotation_campaign_device r WHERE r.tenant_id = ${tenantId}::uuid
          AND r.device_id = t.device_id AND r.open) AS busy,
        ${connectedSql} AS connected, s.connected_at IS NULL AS never,
        EXISTS (SELECT FROM mqtt_session m WHERE m.tenant_id = ${tenantId}::uuid
          AND m.device_key = t.device_key AND m.ended_at IS NULL) AS has_session,
        EXISTS (SELECT FROM mqtt_session m
          JOIN mqtt_subscription q ON q.tenant_id = m.tenant_id AND q.session_id = m.id
          WHERE m.tenant_id = ${tenantId}::uuid AND m.device_key = t.device_key
            AND m.ended_at IS NULL AND ${hearsSql}) AS hears,
        coalesce(p.certificate_policy->>'renewal', 'manual') <> 'automatic' AS manual,
        EXISTS (SELECT FROM certificate n WHERE n.tenant_id = ${tenantId}::uuid
          AND n.device_id = t.device_id AND n.id <> t.certificate_id AND n.state = 'issued'
          AND n.issued_at > t.issued_at) AS under_way,
        NOT EXISTS (SELECT FROM device_credential k WHERE k.tenant_id = ${tenantId}::uuid
          AND k.device_id = t.device_id AND k.revoked_at IS NULL) AS alone
      FROM target t
      JOIN profile p ON p.tenant_id = ${tenantId}::uuid AND p.id = t.profile_id
      LEFT JOIN device_status s ON s.tenant_id = ${tenantId}::uuid AND s.device_key = t.device_key
    ), taken AS (SELECT * FROM facts WHERE NOT suspended AND NOT busy)
    SELECT (SELECT count(*)::int FROM facts) AS devices,
      (SELECT count(*)::int FROM facts WHERE suspended) AS suspended,
      (SELECT count(*)::int FROM facts WHERE busy AND NOT suspended) AS busy,
      count(*) FILTER (WHERE connected)::int AS connected,
      count(*) FILTER (WHERE NOT connected AND NOT never AND has_session)::int AS asleep,
      count(*) FILTER (WHERE NOT connected AND NOT never AND NOT has_session)::int AS away,
      count(*) FILTER (WHERE NOT connected AND never)::int AS "neverSeen",
      count(*) FILTER (WHERE has_session AND NOT hears)::int AS "noSubscription",
      count(*) FILTER (WHERE manual)::int AS manual,
      count(*) FILTER (WHERE under_way)::int AS "underWay",
      count(*) FILTER (WHERE alone)::int AS "noOtherWay",
      min(not_after) AS "firstEnd"
    FROM taken`;
  if (row === undefined) throw new Error("Counting gave no row.");
  return row;
}

/** Devices of a target that another campaign has, some of them. */
export async function busyOfTarget(
  tx: Tx,
  target: CampaignTarget,
  at: TargetAt & { readonly limit: number },
): Promise<readonly { readonly deviceId: string; readonly campaign: string }[]> {
  const { tenantId } = at;
  return tx.$queryRaw<{ deviceId: string; campaign: string }[]>`
    SELECT d.device_id AS "deviceId", k.name AS campaign
    FROM (${campaignTargetSql(target, at)}) t
    JOIN rotation_campaign_device r ON r.tenant_id = ${tenantId}::uuid
      AND r.device_id = t.device_id AND r.open
    JOIN rotation_campaign k ON k.tenant_id = r.tenant_id AND k.id = r.campaign_id
    JOIN device d ON d.tenant_id = ${tenantId}::uuid AND d.id = t.device_id
    ORDER BY d.device_id LIMIT ${at.limit}::int`;
}
