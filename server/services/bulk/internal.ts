import type { Tx } from "#server/db/client.ts";
import type { BulkJob } from "#server/db/generated/client.ts";
import type { BulkAction } from "#server/domain/bulk-action.ts";
import { bulkActionSchema } from "#server/domain/bulk-action-schema.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** How the audit trail names a bulk job. */
export function bulkTarget(jobId: string): string {
  return `bulk:${jobId}`;
}

/** @throws ServiceError not_found */
export async function findBulkJob(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  jobId: string,
): Promise<BulkJob> {
  const job = await tx.bulkJob.findUnique({ where: { tenantId_id: { tenantId, id: jobId } } });
  if (job !== null) return job;
  throw new ServiceError("not_found", `There is no bulk job “${jobId}”.`, {
    remedy: "Choose one of the list of background work.",
  });
}

/** What a stored job does. It was checked when it was made. */
export function actionOf(job: Pick<BulkJob, "action">): BulkAction {
  return bulkActionSchema.parse(job.action);
}
