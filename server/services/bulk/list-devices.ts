import { z } from "zod";
import { listBulkDevices } from "#server/db/bulk-job-devices.ts";
import { findBulkJob } from "#server/services/bulk/internal.ts";
import { listBulkJobDevicesSchema } from "#server/services/bulk/schemas.ts";
import type { BulkDeviceList } from "#server/services/bulk/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** What became of the devices of a bulk job, of one state or all. */
export const listBulkJobDevices = defineQuery({
  name: "bulk.listDevices",
  can: "fleet.view",
  input: listBulkJobDevicesSchema,
  run: async ({ ctx, tx, input }): Promise<BulkDeviceList> => {
    const { tenantId } = ctx;
    const { jobId, state, cursor, limit } = input;
    await findBulkJob(tx, ctx, jobId);
    const found = await listBulkDevices(
      tx,
      { tenantId, id: jobId },
      { state, after: afterOf(cursor), limit: limit + 1 },
    );
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      devices: page.map(({ uuid, finishedAt, ...row }) => ({
        id: uuid,
        ...row,
        finishedAt: finishedAt?.toISOString() ?? null,
      })),
      next: found.length > limit && last !== undefined ? last.uuid : null,
    };
  },
});

function afterOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined || z.uuid().safeParse(cursor).success) return cursor;
  throw new ServiceError("invalid", "This page does not exist.", {
    remedy: "Start again at the first page.",
  });
}
