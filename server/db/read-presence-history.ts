import type { Tx } from "#server/db/client.ts";
import type { Presence, PresenceCause } from "#server/domain/presence.ts";

/** A device as it is now, and the gateway that it is folded under. */
export type PresenceNowRow = {
  readonly presence: Presence;
  readonly cause: PresenceCause;
  readonly since: Date;
  readonly contactAt: Date | null;
  readonly gatewayId: string | null;
  readonly gatewayName: string | null;
  readonly gatewayPresence: Presence | null;
  readonly gatewaySince: Date | null;
  /** Devices that are folded under it. */
  readonly folded: number;
};

type DeviceAt = { readonly tenantId: string; readonly deviceKey: bigint };

/** Reads how a device is now; null when it has no presence, which no device should be without. */
export async function readPresenceNow(
  tx: Tx,
  { tenantId, deviceKey }: DeviceAt,
): Promise<PresenceNowRow | null> {
  const rows = await tx.$queryRaw<PresenceNowRow[]>`
    SELECT pr.presence, pr.cause, pr.since, pr.contact_at AS "contactAt", g.device_id AS "gatewayId",
      g.name AS "gatewayName", gp.presence AS "gatewayPresence", gp.since AS "gatewaySince",
      (SELECT count(*)::int FROM device_presence f
        WHERE f.tenant_id = ${tenantId}::uuid AND f.folded_key = ${deviceKey}) AS folded
    FROM device_presence pr
    LEFT JOIN device g ON g.tenant_id = ${tenantId}::uuid AND g.key = pr.folded_key
    LEFT JOIN device_presence gp ON gp.tenant_id = ${tenantId}::uuid AND gp.device_key = pr.folded_key
    WHERE pr.tenant_id = ${tenantId}::uuid AND pr.device_key = ${deviceKey}`;
  return rows[0] ?? null;
}

export type PresenceEventRow = {
  readonly at: Date;
  readonly presence: Presence;
  readonly cause: PresenceCause;
};

/** Changes of a device since `from`, the newest first, and the one before them, which says how it was at `from`. */
export async function readPresenceEvents(
  tx: Tx,
  { tenantId, deviceKey, from, limit }: DeviceAt & { readonly from: Date; readonly limit: number },
): Promise<readonly PresenceEventRow[]> {
  return tx.$queryRaw<PresenceEventRow[]>`
    SELECT * FROM (SELECT e.at, e.presence, e.cause FROM device_presence_event e
      WHERE e.tenant_id = ${tenantId}::uuid AND e.device_key = ${deviceKey} AND e.at > ${from}::timestamptz
      ORDER BY e.at DESC LIMIT ${limit}::int) newer
    UNION ALL
    SELECT * FROM (SELECT e.at, e.presence, e.cause FROM device_presence_event e
      WHERE e.tenant_id = ${tenantId}::uuid AND e.device_key = ${deviceKey} AND e.at <= ${from}::timestamptz
      ORDER BY e.at DESC LIMIT 1) older
    ORDER BY at DESC`;
}
