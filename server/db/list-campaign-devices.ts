import { hearsSql } from "#server/db/campaign-target.ts";
import type { CampaignRef } from "#server/db/campaign-devices.ts";
import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { connectedSql } from "#server/db/presence-sql.ts";
import type { CampaignDeviceState } from "#server/domain/campaign.ts";

export type CampaignDeviceRow = {
  readonly uuid: string;
  /** Null: the device is another organisation's by now. */
  readonly deviceId: string | null;
  readonly name: string | null;
  readonly wave: number;
  readonly state: CampaignDeviceState;
  readonly askedAt: Date | null;
  readonly asks: number;
  readonly finishedAt: Date | null;
  readonly detail: string;
  readonly oldCertificateId: string;
  readonly newCertificateId: string | null;
  readonly connected: boolean;
  readonly everConnected: boolean;
  readonly hasSession: boolean;
  readonly hears: boolean;
  readonly isManual: boolean;
};

/** Devices of a campaign by their UUIDs, with what is known of each. */
export async function listDevicesOfCampaign(
  tx: Tx,
  { tenantId, id }: CampaignRef,
  at: {
    readonly states: readonly CampaignDeviceState[];
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<readonly CampaignDeviceRow[]> {
  const after =
    at.after === undefined ? Prisma.empty : Prisma.sql`AND r.device_id > ${at.after}::uuid`;
  return tx.$queryRaw<CampaignDeviceRow[]>`
    WITH page AS (SELECT r.* FROM rotation_campaign_device r
      WHERE r.tenant_id = ${tenantId}::uuid AND r.campaign_id = ${id}::uuid
        AND r.state = ANY(${[...at.states]}::text[]) ${after}
      ORDER BY r.device_id LIMIT ${at.limit}::int)
    SELECT r.device_id AS uuid, d.device_id AS "deviceId", d.name, r.wave, r.state,
      r.asked_at AS "askedAt", r.asks, r.finished_at AS "finishedAt", r.detail,
      r.old_certificate_id AS "oldCertificateId", r.new_certificate_id AS "newCertificateId",
      coalesce(${connectedSql}, false) AS connected, s.connected_at IS NOT NULL AS "everConnected",
      EXISTS (SELECT FROM mqtt_session m WHERE m.tenant_id = ${tenantId}::uuid
        AND m.device_key = d.key AND m.ended_at IS NULL) AS "hasSession",
      EXISTS (SELECT FROM mqtt_session m
        JOIN mqtt_subscription q ON q.tenant_id = m.tenant_id AND q.session_id = m.id
        WHERE m.tenant_id = ${tenantId}::uuid AND m.device_key = d.key AND m.ended_at IS NULL
          AND ${hearsSql}) AS hears,
      coalesce(p.certificate_policy->>'renewal', 'manual') <> 'automatic' AS "isManual"
    FROM page r
    LEFT JOIN device d ON d.tenant_id = r.tenant_id AND d.id = r.device_id
    LEFT JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
    LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
    ORDER BY r.device_id`;
}
