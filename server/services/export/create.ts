import type { Tx } from "#server/db/client.ts";
import type { ExportRequest } from "#server/domain/export-request.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { exportTarget } from "#server/services/export/internal.ts";
import { createExportSchema } from "#server/services/export/schemas.ts";
import { viewOfExport } from "#server/services/export/to-view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Exports of an organisation that wait or run at once. */
export const mostOpenExports = 10;
/** Files of an organisation that are kept at once. */
const mostKeptExports = 100;

const dayMs = 86_400_000;

/**
 * Asks for telemetry or devices as a file. A worker writes it; which devices match is looked up when it
 * begins.
 * @throws ServiceError forbidden, invalid, conflict (too many wait or are kept)
 */
export const createExport = defineMutation({
  name: "export.create",
  can: "telemetry.export",
  input: createExportSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { format, request, keepDays } = input;
    const now = ctx.now();
    await refuseWhenFull(tx, { tenantId, now });
    const name = input.name === "" ? nameOf(request) : input.name;
    const job = await tx.exportJob.create({
      data: {
        tenantId,
        name,
        format,
        request: storedRequest(request),
        createdAt: now,
        createdBy: actorName(ctx.actor),
        userId: ctx.actor.type === "user" ? ctx.actor.id : null,
        expiresAt: new Date(now.getTime() + keepDays * dayMs),
      },
    });
    return {
      value: viewOfExport(job, now),
      audit: {
        target: exportTarget(job.id),
        payload: { name, format, keepDays, request: storedRequest(request) },
      },
      control: { kind: "work", tenantId },
    };
  },
});

/** Instants as text, as JSON holds them. */
function storedRequest(request: ExportRequest) {
  if (request.kind === "devices") return request;
  return { ...request, from: request.from.toISOString(), to: request.to.toISOString() };
}

function nameOf(request: ExportRequest): string {
  if (request.kind === "devices") return "Devices";
  const { metrics } = request;
  if (metrics.length === 0) return "Telemetry";
  const [first = ""] = metrics;
  return metrics.length === 1 ? first : `${first} and ${metrics.length - 1} more`;
}

async function refuseWhenFull(
  tx: Tx,
  { tenantId, now }: { readonly tenantId: string; readonly now: Date },
): Promise<void> {
  const open = await tx.exportJob.count({
    where: { tenantId, state: { in: ["queued", "running"] } },
  });
  if (open >= mostOpenExports) {
    throw new ServiceError("conflict", `${open} exports wait or run already.`, {
      remedy: "Wait until one has ended, or cancel one.",
    });
  }
  const kept = await tx.exportJob.count({
    where: { tenantId, state: "done", expiresAt: { gt: now } },
  });
  if (kept >= mostKeptExports) {
    throw new ServiceError("conflict", `${kept} files are kept already.`, {
      remedy: "Delete one that nobody needs any more.",
    });
  }
}
