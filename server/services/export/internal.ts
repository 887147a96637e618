import type { Tx } from "#server/db/client.ts";
import type { ExportJob } from "#server/db/generated/client.ts";
import {
  exportFormats,
  type ExportFormat,
  type ExportRequest,
} from "#server/domain/export-request.ts";
import { exportRequestSchema } from "#server/domain/export-request-schema.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** How the audit trail names an export. */
export function exportTarget(exportId: string): string {
  return `export:${exportId}`;
}

/** @throws ServiceError not_found */
export async function findExport(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  exportId: string,
): Promise<ExportJob> {
  const job = await tx.exportJob.findUnique({ where: { tenantId_id: { tenantId, id: exportId } } });
  if (job !== null) return job;
  throw new ServiceError("not_found", `There is no export “${exportId}”.`, {
    remedy: "Choose one of the list of background work.",
  });
}

/** What a stored export asks for. It was checked when it was made. */
export function requestOf(job: Pick<ExportJob, "request">): ExportRequest {
  return exportRequestSchema.parse(job.request);
}

/** @throws Error for one that this version does not know */
export function formatOf(job: Pick<ExportJob, "format">): ExportFormat {
  const format = exportFormats.find((each) => each === job.format);
  if (format === undefined) throw new Error(`No export is written as ${job.format}.`);
  return format;
}
