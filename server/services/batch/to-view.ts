import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { batchFigures, type BatchFigures } from "#server/db/batch-figures.ts";
import type { DeviceBatch } from "#server/db/generated/client.ts";
import type { MappingReport } from "#server/domain/device-batch.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { batchSources } from "#server/domain/device-batch.ts";
import type { BatchView } from "#server/services/batch/view.ts";

const count = z.int();
const reportShape = z
  .object({
    mapped: z.array(z.object({ from: z.string(), to: z.string(), count })).default([]),
    unmapped: z.array(z.object({ from: z.string(), why: z.string(), count })).default([]),
  })
  .catch({ mapped: [], unmapped: [] });

/** States in which the devices exist. */
const madeStates: ReadonlySet<DeviceBatch["state"]> = new Set(["sampling", "approved", "rejected"]);
const nobody: BatchFigures = { sampled: 0, lettersKept: 0 };

/** Reads what a view of the batch needs besides its row. */
export async function viewOfBatch(tx: Tx, row: DeviceBatch, now: Date): Promise<BatchView> {
  const { tenantId, id, profileId } = row;
  const profile = await tx.profile.findUnique({
    where: { tenantId_id: { tenantId, id: profileId } },
    select: { name: true },
  });
  const figures = madeStates.has(row.state)
    ? await batchFigures(tx, { tenantId, batchId: id })
    : nobody;
  return toBatchView(row, {
    now,
    figures,
    profileName: profile?.name ?? "",
    warnings: await warningsOf(tx, row),
  });
}

/** A file that made devices before makes the same ones again, or none. */
async function warningsOf(tx: Tx, row: DeviceBatch): Promise<readonly string[]> {
  if (row.fileSha256 === "") return [];
  const before = await tx.deviceBatch.findFirst({
    where: {
      tenantId: row.tenantId,
      fileSha256: row.fileSha256,
      id: { not: row.id },
      createdAt: { lte: row.createdAt },
      state: { notIn: ["cancelled", "receiving"] },
    },
    orderBy: { createdAt: "desc" },
    select: { name: true, createdAt: true, createdBy: true },
  });
  if (before === null) return [];
  const day = before.createdAt.toISOString().slice(0, 10);
  return [
    `The same file came before, in the batch “${before.name}” of ${day} by ${before.createdBy}.`,
  ];
}

function toBatchView(
  row: DeviceBatch,
  at: {
    readonly now: Date;
    readonly figures: BatchFigures;
    readonly profileName: string;
    readonly warnings: readonly string[];
  },
): BatchView {
  const report: MappingReport = reportShape.parse(row.report);
  const rate = rateOf(row, at.now);
  const iso = (date: Date | null) => date?.toISOString() ?? null;
  return {
    id: row.id,
    name: row.name,
    source: z.enum(batchSources).catch("manifest").parse(row.source),
    state: row.state,
    profileId: row.profileId,
    profileName: at.profileName,
    options: batchOptions.parse(row.options),
    fileName: row.fileName,
    fileSha256: row.fileSha256,
    report,
    total: row.total,
    done: row.done,
    bad: row.bad,
    sampleSize: Math.min(row.sampleSize, row.total),
    ...at.figures,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    startedAt: iso(row.startedAt),
    startedBy: row.startedBy,
    finishedAt: iso(row.finishedAt),
    decidedAt: iso(row.decidedAt),
    decidedBy: row.decidedBy,
    reason: row.reason,
    error: row.error,
    ratePerSecond: rate === null ? null : Math.round(rate),
    remainingSeconds: rate === null ? null : Math.ceil((row.total - row.done) / rate),
    bundle: bundleOf(row),
    warnings: at.warnings,
  };
}

/** Of the step that makes certificates and devices; the others are over in moments. */
function rateOf(row: DeviceBatch, now: Date): number | null {
  if (row.state !== "creating" || row.startedAt === null || row.done === 0) return null;
  return row.done / Math.max(0.001, (now.getTime() - row.startedAt.getTime()) / 1000);
}

/** Whether certificates and keys can be fetched; only what was made here has to be handed out. */
export function bundleOf(row: DeviceBatch): BatchView["bundle"] {
  const { keys } = batchOptions.parse(row.options);
  if (keys === "none" || (row.state !== "sampling" && row.state !== "approved")) return "none";
  return row.bundleAt === null ? "ready" : "handed_out";
}
