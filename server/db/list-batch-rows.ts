import type { Tx } from "#server/db/client.ts";

/** A row of a batch as lists show it. */
export type ListedBatchRow = {
  readonly line: number;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly problems: readonly string[];
  readonly connectedAt: Date | null;
};

/** Rows in the order of the file, those after a line. */
export async function listRowsOfBatch(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly batchId: string;
    readonly onlyBad: boolean;
    readonly onlyConnected: boolean;
    readonly afterLine: number;
    readonly limit: number;
  },
): Promise<readonly ListedBatchRow[]> {
  return tx.$queryRaw<ListedBatchRow[]>`
    SELECT r.line, r.device_id AS "deviceId", r.name, r.serial, r.problems, s.connected_at AS "connectedAt"
    FROM device_batch_row r
      LEFT JOIN device d ON d.tenant_id = r.tenant_id AND d.id = r.device_uuid
      LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
    WHERE r.tenant_id = ${at.tenantId}::uuid AND r.batch_id = ${at.batchId}::uuid
      AND r.line > ${at.afterLine}::integer AND (NOT ${at.onlyBad}::boolean OR r.problems <> '{}')
      AND (NOT ${at.onlyConnected}::boolean OR s.connected_at IS NOT NULL)
    ORDER BY r.line LIMIT ${at.limit}::integer`;
}
