import type { Database, Tx } from "#server/db/client.ts";
import type { CampaignRef } from "#server/db/campaign-devices.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { connectedSql } from "#server/db/presence-sql.ts";
import { askAgain, type CampaignState } from "#server/domain/campaign.ts";

/** A campaign that this worker runs. */
export type ClaimedCampaign = CampaignRef & { readonly state: CampaignState };

/** For how long a worker that says nothing keeps its campaigns; each step says something. */
const campaignLeaseSeconds = 10;
/** A campaign that stands still is looked at so often: devices that were asked before may still renew. */
const restSeconds = 20;

/** Takes on the campaigns that this worker has already, and those whose worker is gone, over all tenants. */
export async function claimCampaigns(
  db: Database,
  workerId: string,
): Promise<readonly ClaimedCampaign[]> {
  const { rows } = await db.pool.query<ClaimedCampaign>({
    name: "claim-campaigns",
    text: `
      UPDATE rotation_campaign k SET lease_owner = $1, lease_until = now() + make_interval(secs => $2)
      FROM (SELECT tenant_id, id FROM rotation_campaign
        WHERE (state = 'running' AND (lease_owner = $1 OR lease_until IS NULL OR lease_until < now()))
          OR (state IN ('paused', 'halted')
            AND (lease_until IS NULL OR lease_until < now() - make_interval(secs => $3)))
        ORDER BY lease_until NULLS FIRST LIMIT 50 FOR UPDATE SKIP LOCKED) AS next
      WHERE k.tenant_id = next.tenant_id AND k.id = next.id
      RETURNING k.tenant_id AS "tenantId", k.id, k.state`,
    values: [workerId, campaignLeaseSeconds, restSeconds],
  });
  return rows;
}

/** Lets other workers go on with what this one has. */
export async function releaseCampaigns(db: Database, workerId: string): Promise<void> {
  await db.pool.query(
    "UPDATE rotation_campaign SET lease_until = now() - interval '1 millisecond' WHERE lease_owner = $1 AND state = 'running'",
    [workerId],
  );
}

/**
 * Locks a claimed campaign for a step of its worker, and keeps it for longer.
 * @returns false when another worker has it, or somebody changed its state
 */
export async function holdCampaign(
  tx: Tx,
  campaign: ClaimedCampaign,
  workerId: string,
): Promise<boolean> {
  const held = await tx.$executeRaw`
    UPDATE rotation_campaign
    SET lease_until = now() + make_interval(secs => ${campaignLeaseSeconds}::integer)
    WHERE tenant_id = ${campaign.tenantId}::uuid AND id = ${campaign.id}::uuid
      AND lease_owner = ${workerId}::uuid AND lease_until > now()
      AND state = ${campaign.state}::"CampaignState"`;
  return held > 0;
}

/**
 * Reads from certificates and devices what became of the open ones. Whoever does it again finds nothing
 * more to change.
 * @param at.patienceEnds of each wave; null where nobody fails by time
 * @returns devices whose state has changed
 */
export async function settleCampaign(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  at: { readonly now: Date; readonly patienceEnds: readonly (Date | null)[] },
): Promise<number> {
  const ends = at.patienceEnds.map((end) => end?.toISOString() ?? null);
  return tx.$executeRaw`
    WITH seen AS (
      SELECT r.device_id, r.state, r.asks, r.detail, d.state AS device_state, old.state AS old_state,
        old.not_after AS old_ends, fresh.id AS new_id, fresh.is_used, refusal.words AS refused,
        coalesce(${at.now}::timestamptz >= (${ends}::text[])[r.wave + 1]::timestamptz, false) AS is_late
      FROM rotation_campaign_device r
      LEFT JOIN device d ON d.tenant_id = r.tenant_id AND d.id = r.device_id
      LEFT JOIN certificate old ON old.tenant_id = r.tenant_id AND old.id = r.old_certificate_id
      LEFT JOIN LATERAL (
        SELECT c.id, c.state <> 'issued' AS is_used FROM certificate c
        WHERE c.tenant_id = r.tenant_id AND c.device_id = r.device_id AND c.id <> old.id
          AND c.state IN ('issued', 'active', 'superseded') AND c.not_after > ${at.now}::timestamptz
          AND (c.follows_id = old.id OR c.issued_at > old.issued_at)
        ORDER BY c.state <> 'issued' DESC, c.issued_at DESC, c.id LIMIT 1) fresh ON true
      LEFT JOIN LATERAL (
        SELECT f.detail AS words FROM refused_connection f
        WHERE f.tenant_id = r.tenant_id AND f.device_key = d.key AND f.last_at > r.asked_at
          AND f.reason = 'renewal-refused'
        ORDER BY f.last_at DESC LIMIT 1) refusal ON r.state = 'asked'
      WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid
        AND (r.open OR r.state = 'failed')
    ), judged AS (
      SELECT seen.device_id, seen.new_id, verdict.state, verdict.detail FROM seen
      CROSS JOIN LATERAL (${verdictSql(at.now)}) verdict
    )
    UPDATE rotation_campaign_device r
    SET state = j.state, new_certificate_id = j.new_id, detail = j.detail,
      open = j.state IN ('waiting', 'asked', 'issued'),
      finished_at = CASE WHEN j.state IN ('waiting', 'asked', 'issued') THEN NULL
        ELSE ${at.now}::timestamptz END
    FROM judged j
    WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid
      AND r.device_id = j.device_id
      AND (r.state, r.new_certificate_id, r.detail) IS DISTINCT FROM (j.state, j.new_id, j.detail)`;
}

/** The first that holds counts. One that has failed may still renew, and nothing else. */
const verdictSql = (now: Date) => Prisma.sql`
  SELECT verdicts.state, verdicts.detail FROM (VALUES
    (0, seen.state = 'failed' AND (new_id IS NULL OR NOT is_used), 'failed', seen.detail),
    (1, device_state IS NULL, 'skipped', 'The device is not here any more: it was moved to another organisation, or erased.'),
    (2, device_state = 'decommissioned', 'skipped', 'The device was decommissioned.'),
    (3, new_id IS NOT NULL AND is_used, 'renewed',
      CASE WHEN asks = 0 THEN 'The device renewed before it was asked.' ELSE '' END),
    (4, device_state = 'suspended', 'skipped', 'The device was suspended.'),
    (5, old_state = 'revoked' AND new_id IS NULL, 'skipped', 'Its certificate was revoked.'),
    (6, old_state = 'suspended' AND new_id IS NULL, 'skipped', 'Its certificate was suspended.'),
    (7, new_id IS NULL AND old_ends <= ${now}::timestamptz, 'failed', 'Its certificate ran out before it renewed.'),
    (8, is_late AND seen.state <> 'waiting' AND new_id IS NOT NULL, 'failed',
      'It was issued a new certificate and did not connect with it within the patience of the campaign.'),
    (9, is_late AND seen.state <> 'waiting', 'failed',
      'It was asked and did not renew within the patience of the campaign.'),
    (10, refused IS NOT NULL AND new_id IS NULL, 'failed',
      'Its signing request was refused: ' || refused),
    (11, new_id IS NOT NULL, 'issued', ''),
    (12, asks = 0, 'waiting', ''),
    (13, true, 'asked', CASE WHEN seen.state = 'issued'
      THEN 'Its new certificate was not used in time and does not count any more.' ELSE seen.detail END)
  ) AS verdicts(place, holds, state, detail) WHERE holds ORDER BY place LIMIT 1`;

/** A device that is to be told. */
export type DeviceToAsk = {
  readonly key: bigint;
  readonly deviceId: string;
  /** The certificate that is to be renewed. */
  readonly certificateId: string;
  /** When its renewal is or was due; null where people renew. */
  readonly dueAt: Date | null;
};

/** Marks devices of the waves that have begun, which were never asked, as asked. */
export async function takeWaiting(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  at: { readonly wave: number; readonly limit: number; readonly now: Date },
): Promise<readonly DeviceToAsk[]> {
  return tx.$queryRaw<DeviceToAsk[]>`
    WITH next AS (SELECT device_id FROM rotation_campaign_device
      WHERE tenant_id = ${tenantId}::uuid AND campaign_id = ${id}::uuid AND open
        AND state = 'waiting' AND wave <= ${at.wave}::int
      ORDER BY wave, device_id LIMIT ${at.limit}::int)
    UPDATE rotation_campaign_device r
    SET state = 'asked', asked_at = ${at.now}::timestamptz, asks = r.asks + 1
    FROM next, device d, certificate c
    WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid
      AND r.device_id = next.device_id AND d.tenant_id = r.tenant_id AND d.id = r.device_id
      AND c.tenant_id = r.tenant_id AND c.id = r.old_certificate_id
    RETURNING d.key, d.device_id AS "deviceId", c.id AS "certificateId", c.renewal_due_at AS "dueAt"`;
}

/** The same of devices that were asked, are connected and have not answered for long enough. */
export async function takeAgain(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  at: { readonly limit: number; readonly now: Date },
): Promise<readonly DeviceToAsk[]> {
  const { stays, cameBack, mostSeconds } = askAgain;
  const pause = (of: typeof stays | typeof cameBack) => Prisma.sql`make_interval(
    secs => least(${mostSeconds}::float8, ${of.firstSeconds}::float8 * power(${of.factor}::float8, least(r.asks - 1, 20))))`;
  return tx.$queryRaw<DeviceToAsk[]>`
    WITH next AS (
      SELECT r.device_id, d.key, d.device_id AS name, c.id AS certificate, c.renewal_due_at
      FROM rotation_campaign_device r
      JOIN device d ON d.tenant_id = r.tenant_id AND d.id = r.device_id
      JOIN certificate c ON c.tenant_id = r.tenant_id AND c.id = r.old_certificate_id
      JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
      WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid AND r.open
        AND r.state = 'asked' AND ${connectedSql}
        AND (r.asked_at + ${pause(stays)} <= ${at.now}::timestamptz
          OR (s.connected_at > r.asked_at
            AND s.connected_at + ${pause(cameBack)} <= ${at.now}::timestamptz))
      ORDER BY r.asked_at, r.device_id LIMIT ${at.limit}::int)
    UPDATE rotation_campaign_device r SET asked_at = ${at.now}::timestamptz, asks = r.asks + 1
    FROM next
    WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid
      AND r.device_id = next.device_id
    RETURNING next.key, next.name AS "deviceId", next.certificate AS "certificateId",
      next.renewal_due_at AS "dueAt"`;
}
