import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import type { BulkDeviceState } from "#server/domain/bulk-action.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";

/** A bulk job of a tenant. */
export type BulkJobRef = { readonly tenantId: string; readonly id: string };

/**
 * Writes down which devices a job has: those that the selection means now, however they change.
 * @param at.most beyond it, one more is written and no others
 * @returns how many were written
 */
export async function freezeBulkDevices(
  tx: Tx,
  job: BulkJobRef,
  at: { readonly selection: DeviceSelection; readonly now: Date; readonly most: number },
): Promise<number> {
  const { from, where } = await deviceSelectionSql(tx, at.selection, {
    tenantId: job.tenantId,
    now: at.now,
  });
  return tx.$executeRaw`
    INSERT INTO bulk_job_device (tenant_id, job_id, device_id)
    SELECT d.tenant_id, ${job.id}::uuid, d.id FROM ${from} WHERE ${where} LIMIT ${at.most + 1}`;
}

/** How many devices of a job are in each state; states without any are absent. */
export async function countBulkDevices(
  tx: Tx,
  job: BulkJobRef,
): Promise<readonly { readonly state: BulkDeviceState; readonly devices: number }[]> {
  return tx.$queryRaw<{ state: BulkDeviceState; devices: number }[]>`
    SELECT state, count(*)::integer AS devices FROM bulk_job_device
    WHERE tenant_id = ${job.tenantId}::uuid AND job_id = ${job.id}::uuid GROUP BY state`;
}

/** A device of a job. What it is called is null when it is not here any more. */
export type BulkDeviceRow = {
  readonly uuid: string;
  readonly deviceId: string | null;
  readonly name: string | null;
  readonly state: BulkDeviceState;
  readonly detail: string;
  readonly finishedAt: Date | null;
};

/** Devices of a job by UUID, of one state or all. */
export async function listBulkDevices(
  tx: Tx,
  job: BulkJobRef,
  at: {
    readonly state: BulkDeviceState | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<readonly BulkDeviceRow[]> {
  const ofState = at.state === undefined ? Prisma.empty : Prisma.sql`AND r.state = ${at.state}`;
  const further =
    at.after === undefined ? Prisma.empty : Prisma.sql`AND r.device_id > ${at.after}::uuid`;
  return tx.$queryRaw<BulkDeviceRow[]>`
    SELECT r.device_id AS uuid, d.device_id AS "deviceId", d.name, r.state, r.detail,
      r.finished_at AS "finishedAt"
    FROM (SELECT * FROM bulk_job_device r
      WHERE r.tenant_id = ${job.tenantId}::uuid AND r.job_id = ${job.id}::uuid ${ofState} ${further}
      ORDER BY r.device_id LIMIT ${at.limit}::int) r
    LEFT JOIN device d ON d.tenant_id = ${job.tenantId}::uuid AND d.id = r.device_id
    ORDER BY r.device_id`;
}
