import { ServiceError } from "#server/services/errors.ts";
import { downloadName } from "#server/services/export/file.ts";
import { exportTarget, findExport, formatOf } from "#server/services/export/internal.ts";
import { exportRefSchema } from "#server/services/export/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Somebody fetches the file of an export: each time is recorded before the first byte.
 * @returns what the file is called and where it is found
 * @throws ServiceError forbidden, not_found, conflict (it is not ready, or its time has passed)
 */
export const downloadExport = defineMutation({
  name: "export.download",
  can: "telemetry.export",
  input: exportRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const job = await findExport(tx, ctx, input.exportId);
    if (job.state !== "done") {
      throw new ServiceError("conflict", `The export “${job.name}” has no file.`, {
        remedy:
          job.state === "queued" || job.state === "running"
            ? "Wait until it is done."
            : "Ask for it anew.",
      });
    }
    if (job.expiresAt === null || job.expiresAt <= ctx.now()) {
      throw new ServiceError("conflict", `The file of “${job.name}” is not kept any more.`, {
        remedy: "Ask for the export anew.",
      });
    }
    await tx.exportJob.update({
      where: { tenantId_id: { tenantId, id: job.id } },
      data: { downloads: { increment: 1 } },
      select: { id: true },
    });
    const format = formatOf(job);
    return {
      value: {
        tenantId,
        id: job.id,
        format,
        sha256: job.sha256,
        bytes: Number(job.bytes),
        name: downloadName({ name: job.name, format, createdAt: job.createdAt }),
      },
      audit: {
        target: exportTarget(job.id),
        payload: { rows: Number(job.rows), bytes: Number(job.bytes), sha256: job.sha256 },
      },
    };
  },
});
