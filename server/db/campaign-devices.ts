import { campaignTargetSql, type TargetAt } from "#server/db/campaign-target.ts";
import type { Tx } from "#server/db/client.ts";
import type { CampaignDeviceState, CampaignTarget } from "#server/domain/campaign.ts";
import { noCounts, type WaveCounts } from "#server/domain/campaign-step.ts";

export type CampaignRef = { readonly tenantId: string; readonly id: string };

/**
 * Takes the devices of a target into a campaign. One that another campaign has, or that is suspended,
 * is listed and skipped, with the reason; of two campaigns that begin at once, one has it.
 * @returns devices that are taken, and all that are listed
 */
export async function insertCampaignDevices(
  tx: Tx,
  campaign: CampaignRef,
  of: { readonly target: CampaignTarget; readonly at: TargetAt },
): Promise<{ readonly taken: number; readonly total: number }> {
  const { tenantId, id } = campaign;
  const target = campaignTargetSql(of.target, of.at);
  const taken = await tx.$executeRaw`
    INSERT INTO rotation_campaign_device (tenant_id, campaign_id, device_id, wave, old_certificate_id)
    SELECT ${tenantId}::uuid, ${id}::uuid, t.device_id, 0, t.certificate_id FROM (${target}) t
    WHERE t.device_state <> 'suspended' ORDER BY t.device_id
    ON CONFLICT (tenant_id, device_id) WHERE open DO NOTHING`;
  const skipped = await tx.$executeRaw`
    INSERT INTO rotation_campaign_device (tenant_id, campaign_id, device_id, wave, old_certificate_id,
      state, open, finished_at, detail)
    SELECT ${tenantId}::uuid, ${id}::uuid, t.device_id, 0, t.certificate_id, 'skipped', false,
      ${of.at.now}::timestamptz,
      CASE WHEN t.device_state = 'suspended' THEN 'The device is suspended.'
        ELSE 'The campaign “' || coalesce((SELECT k.name FROM rotation_campaign_device r
          JOIN rotation_campaign k ON k.tenant_id = r.tenant_id AND k.id = r.campaign_id
          WHERE r.tenant_id = ${tenantId}::uuid AND r.device_id = t.device_id AND r.open LIMIT 1), '')
          || '” has this device already.' END
    FROM (${target}) t
    WHERE NOT EXISTS (SELECT FROM rotation_campaign_device own WHERE own.tenant_id = ${tenantId}::uuid
      AND own.campaign_id = ${id}::uuid AND own.device_id = t.device_id)`;
  return { taken, total: taken + skipped };
}

/**
 * Puts devices into waves: those that may be asked first, in an order that is always the same.
 * @param at.bounds number of devices up to the end of each wave
 * @param at.from devices of earlier waves stay where they are
 */
export async function assignCampaignWaves(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  at: { readonly bounds: readonly number[]; readonly from: number },
): Promise<void> {
  await tx.$executeRaw`
    WITH kept AS (SELECT count(*) AS devices FROM rotation_campaign_device
      WHERE tenant_id = ${tenantId}::uuid AND campaign_id = ${id}::uuid AND wave < ${at.from}::int
    ), ranked AS (
      SELECT device_id, kept.devices + row_number() OVER (
        ORDER BY open DESC, md5(campaign_id::text || device_id::text), device_id) AS rank
      FROM rotation_campaign_device, kept
      WHERE tenant_id = ${tenantId}::uuid AND campaign_id = ${id}::uuid AND wave >= ${at.from}::int)
    UPDATE rotation_campaign_device r
    SET wave = least(${at.bounds.length - 1}::int, greatest(${at.from}::int,
      (SELECT count(*) FROM unnest(${[...at.bounds]}::int[]) AS bound WHERE bound < ranked.rank)::int))
    FROM ranked
    WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid
      AND r.device_id = ranked.device_id`;
}

/** Devices of each wave by state, and how many were asked within the last minute. */
export async function countCampaign(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  at: { readonly waves: number; readonly now: Date },
): Promise<{ readonly counts: readonly WaveCounts[]; readonly askedLastMinute: number }> {
  const rows = await tx.$queryRaw<
    { wave: number; state: CampaignDeviceState; devices: number; recent: number }[]
  >`
    SELECT wave, state, count(*)::int AS devices,
      count(*) FILTER (WHERE asked_at > ${at.now}::timestamptz - interval '1 minute')::int AS recent
    FROM rotation_campaign_device
    WHERE tenant_id = ${tenantId}::uuid AND campaign_id = ${id}::uuid GROUP BY wave, state`;
  const counts = Array.from({ length: at.waves }, (_, wave) => ({
    ...noCounts,
    ...Object.fromEntries(
      rows.filter((row) => row.wave === wave).map(({ state, devices }) => [state, devices]),
    ),
  }));
  return { counts, askedLastMinute: rows.reduce((sum, { recent }) => sum + recent, 0) };
}

/** Ends what is open when a campaign is cancelled. */
export async function closeCampaignDevices(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  now: Date,
): Promise<number> {
  return tx.$executeRaw`
    UPDATE rotation_campaign_device SET open = false, finished_at = ${now}::timestamptz,
      detail = CASE state WHEN 'waiting' THEN 'The campaign was cancelled before the device was asked.'
        ELSE 'The campaign was cancelled before the device had renewed.' END, state = 'skipped'
    WHERE tenant_id = ${tenantId}::uuid AND campaign_id = ${id}::uuid AND open`;
}

/**
 * Takes failed devices up again: those whose old certificate still counts and that no other campaign
 * has. @returns the waves in which there are any
 */
export async function retryFailedDevices(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  now: Date,
): Promise<readonly number[]> {
  const rows = await tx.$queryRaw<{ wave: number }[]>`
    WITH again AS (
      UPDATE rotation_campaign_device r SET state = 'waiting', open = true, asks = 0, asked_at = NULL,
        finished_at = NULL, detail = ''
      FROM certificate c
      WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid AND r.state = 'failed'
        AND c.tenant_id = r.tenant_id AND c.id = r.old_certificate_id AND c.device_id = r.device_id
        AND c.state IN ('issued', 'active', 'superseded') AND c.not_after > ${now}::timestamptz
        AND NOT EXISTS (SELECT FROM rotation_campaign_device o WHERE o.tenant_id = r.tenant_id
          AND o.device_id = r.device_id AND o.open)
      RETURNING r.wave)
    SELECT DISTINCT wave FROM again`;
  return rows.map(({ wave }) => wave);
}
