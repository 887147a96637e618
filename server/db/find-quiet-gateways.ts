import type { Tx } from "#server/db/client.ts";
import type { Presence } from "#server/domain/presence.ts";

/** A gateway that nobody hears, and the devices of which nobody hears either because of that. */
export type QuietGateway = {
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  readonly presence: Presence;
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** Devices behind it, at any depth, that are overdue and cannot come back before it does. */
  readonly devices: number;
};

/** Gateways that devices are folded under, those with the most of them first. */
export async function findQuietGateways(
  tx: Tx,
  { tenantId, most }: { readonly tenantId: string; readonly most: number },
): Promise<readonly QuietGateway[]> {
  const rows = await tx.$queryRaw<(Omit<QuietGateway, "since"> & { readonly since: Date })[]>`
    WITH folded AS MATERIALIZED (
      SELECT pr.folded_key, count(*)::int AS devices FROM device_presence pr
      WHERE pr.tenant_id = ${tenantId}::uuid AND pr.folded_key IS NOT NULL
      GROUP BY 1 ORDER BY 2 DESC LIMIT ${most}::int)
    SELECT g.id, g.device_id AS "deviceId", g.name, pr.presence, pr.since, f.devices
    FROM folded f
    JOIN device g ON g.tenant_id = ${tenantId}::uuid AND g.key = f.folded_key
    JOIN device_presence pr ON pr.tenant_id = ${tenantId}::uuid AND pr.device_key = g.key
    ORDER BY f.devices DESC, g.name`;
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}
