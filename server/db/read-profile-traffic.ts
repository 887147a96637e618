import type { Tx } from "#server/db/client.ts";

type At = { readonly tenantId: string; readonly profileId: string; readonly since: Date };

/** Messages of a profile's devices that were received, by transport. */
export async function countReceivedByTransport(tx: Tx, at: At): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ transport: string; count: bigint }[]>`
    SELECT transport, sum(count)::bigint AS count FROM ledger_minute
    WHERE tenant_id = ${at.tenantId}::uuid AND profile_id = ${at.profileId}::uuid
      AND minute >= ${at.since} AND outcome = 'received'
    GROUP BY transport`;
  return new Map(rows.map(({ transport, count }) => [transport, Number(count)]));
}

/** Devices of a profile that sent something since then, by the protocol of their newest connection. */
export async function countActiveByProtocol(tx: Tx, at: At): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ protocol: string | null; count: bigint }[]>`
    SELECT s.protocol, count(*)::bigint AS count
    FROM device d JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.profile_id = ${at.profileId}::uuid
      AND s.last_message_at >= ${at.since}
    GROUP BY s.protocol`;
  return new Map(rows.map(({ protocol, count }) => [protocol ?? "", Number(count)]));
}

/** Flags of the newest readings of the devices that sent something last: a few of each. */
export async function readNewestFlags(tx: Tx, at: At): Promise<readonly number[]> {
  const rows = await tx.$queryRaw<{ flags: number }[]>`
    SELECT r.flags FROM (
      SELECT d.key FROM device d JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
      WHERE d.tenant_id = ${at.tenantId}::uuid AND d.profile_id = ${at.profileId}::uuid
        AND s.last_message_at >= ${at.since}
      ORDER BY s.last_message_at DESC LIMIT 50) AS newest,
    LATERAL telemetry.newest_readings(newest.key, 10) AS r
    WHERE r.received_at >= ${at.since}`;
  return rows.map(({ flags }) => flags);
}
