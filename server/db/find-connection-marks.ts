import type { Tx } from "#server/db/client.ts";

export type ConnectionMarkRow = {
  readonly deviceId: string;
  readonly at: Date;
  readonly kind: "connected" | "disconnected";
  readonly reason: string | null;
  readonly count: number;
};

/**
 * The newest comings and goings of each of some devices (UUIDs) in a range, newest first. Each
 * device's rows are read from the end of its index: one that flaps for a month costs no more.
 */
export async function findConnectionMarks(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly devices: readonly string[];
    readonly from: Date;
    readonly to: Date;
    readonly perDevice: number;
  },
): Promise<readonly ConnectionMarkRow[]> {
  return tx.$queryRaw<ConnectionMarkRow[]>`
    SELECT d.id AS "deviceId", e.at, e.kind::text AS kind, e.reason, e.count
    FROM device d
    CROSS JOIN LATERAL (
      SELECT c.at, c.kind, c.reason, c.count FROM device_connection_event c
      WHERE c.tenant_id = ${at.tenantId}::uuid AND c.device_key = d.key
        AND c.at >= ${at.from} AND c.at <= ${at.to}
      ORDER BY c.at DESC, c.kind DESC LIMIT ${at.perDevice}
    ) e
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.id = ANY(${[...at.devices]}::uuid[])
    ORDER BY e.at DESC`;
}
