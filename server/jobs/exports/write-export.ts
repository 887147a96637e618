import { randomBytes } from "node:crypto";
import path from "node:path";
import { keepExport, type ExportRef } from "#server/db/export-work.ts";
import type { ExportJob } from "#server/db/generated/client.ts";
import { findExportKeys } from "#server/db/read-export-devices.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { ExportRequest } from "#server/domain/export-request.ts";
import { deviceTable } from "#server/jobs/exports/device-table.ts";
import { createEncoder, type Encoder } from "#server/jobs/exports/encoder.ts";
import {
  ExportFailed,
  exportLimits,
  ExportLost,
  type ExportParts,
} from "#server/jobs/exports/parts.ts";
import { openPartFile, type PartFile } from "#server/jobs/exports/part-file.ts";
import { rollupTable } from "#server/jobs/exports/rollup-table.ts";
import type { Table } from "#server/jobs/exports/table.ts";
import { findMetricColumns, readingTable } from "#server/jobs/exports/telemetry-table.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { exportFile, exportFolder } from "#server/services/export/file.ts";
import { exportTarget, formatOf, requestOf } from "#server/services/export/internal.ts";
import { systemContext } from "#server/services/system-context.ts";
import { standingOf } from "#server/services/work/requester.ts";

/** How often the job's row says how far it is; the lease is longer. */
const sayEveryMs = 700;
/** Looking devices up takes seconds in a fleet of a million. */
const findMs = 60_000;

type Progress = { done: number; total: number; rows: number };

type Writing = {
  readonly parts: ExportParts;
  readonly job: ExportRef;
  readonly ctx: Context;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  saidAt: number;
};

/**
 * Writes the file of a claimed export from the beginning: into a new file beside it, which takes its
 * place when it is whole. A worker that dies leaves a part behind that the sweep removes.
 * @throws ExportLost, and what the database and the disk throw
 */
export async function writeExport(
  parts: ExportParts,
  job: ExportRef,
  signal: AbortSignal,
): Promise<void> {
  const ctx = systemContext(parts.system, { tenantId: job.tenantId, name: "export" });
  const progress: Progress = { done: 0, total: 0, rows: 0 };
  const writing: Writing = { parts, job, ctx, signal, progress, saidAt: performance.now() };
  const row = await withTenant(ctx, (tx) =>
    tx.exportJob.findUniqueOrThrow({ where: { tenantId_id: job } }),
  );
  try {
    await requireRights(writing, row);
    await writeFile(writing, row);
  } catch (error) {
    if (!(error instanceof ExportFailed)) throw error;
    await fail(writing, error.message);
  }
}

/** @throws ExportFailed when whoever asked may not have it any more */
async function requireRights({ ctx }: Writing, row: ExportJob): Promise<void> {
  const standing = await withTenant(ctx, (tx) =>
    standingOf(tx, { ...row, now: ctx.now(), can: "telemetry.export" }),
  );
  if (!standing.may) throw new ExportFailed(`${standing.reason} It was stopped.`);
}

async function writeFile(writing: Writing, row: ExportJob): Promise<void> {
  const { parts, job, ctx, progress } = writing;
  const limits = parts.limits ?? exportLimits;
  const request = requestOf(row);
  const format = formatOf(row);
  const keys = await findKeys(ctx, request, limits.maxDevices);
  progress.total = keys.length;
  const table = await tableOf(writing, request, keys);
  const folder = exportFolder(parts.dataDir, job.tenantId);
  const part = await openPartFile(
    path.join(folder, `${job.id}-${randomBytes(6).toString("hex")}.part`),
    limits,
  );
  try {
    await say(writing, part.bytes);
    const encoder = await createEncoder(format, table.columns, part);
    await writeRows(writing, { table, keys, encoder, part });
    await encoder.end();
    const sha256 = await part.close();
    await say(writing, part.bytes);
    await part.publish(exportFile(parts.dataDir, { ...job, format, sha256 }));
    await finish(writing, row, { bytes: part.bytes, sha256 });
  } finally {
    await part.remove();
  }
}

/** @throws ExportFailed when there are more than one export takes */
async function findKeys(
  ctx: Context,
  { devices }: ExportRequest,
  most: number,
): Promise<readonly bigint[]> {
  const at = { tenantId: ctx.tenantId, now: ctx.now(), most };
  const keys = await withTenant(ctx, (tx) => findExportKeys(tx, devices, at), {
    timeoutMs: findMs,
  });
  if (keys.length <= most) return keys;
  throw new ExportFailed(
    `More than ${most} devices match. Narrow the filter, and export them in several parts.`,
  );
}

async function tableOf(
  { parts, ctx }: Writing,
  request: ExportRequest,
  keys: readonly bigint[],
): Promise<Table> {
  if (request.kind === "devices") return deviceTable(ctx);
  const limits = parts.limits ?? exportLimits;
  const metrics = await findMetricColumns(ctx, { request, keys, limits });
  const at = { ctx, request, metrics };
  return request.level === "raw" ? readingTable(at) : rollupTable(at, request.level);
}

async function writeRows(
  writing: Writing,
  at: {
    readonly table: Table;
    readonly keys: readonly bigint[];
    readonly encoder: Encoder;
    readonly part: PartFile;
  },
): Promise<void> {
  const { progress, parts, signal } = writing;
  const { table, keys, encoder, part } = at;
  for (let from = 0; from < keys.length; from += table.devicesAtOnce) {
    const some = keys.slice(from, from + table.devicesAtOnce);
    for await (const rows of table.pages(some)) {
      await encoder.rows(rows);
      progress.rows += rows.length;
      parts.afterPage?.();
      // It is begun anew by the next worker: half a file is of no use to anybody.
      if (signal.aborted) throw new ExportLost();
      if (performance.now() - writing.saidAt >= sayEveryMs) await say(writing, part.bytes);
    }
    progress.done = from + some.length;
  }
}

/** @throws ExportLost when it is not this worker's any more */
async function say(writing: Writing, bytes: number): Promise<void> {
  const { parts, job, progress } = writing;
  const { workerId, db } = parts;
  writing.saidAt = performance.now();
  if (!(await keepExport(db, job, { ...progress, bytes, workerId }))) throw new ExportLost();
}

/** The job and its audit event end in one transaction. @throws ExportLost */
async function finish(
  { parts, job, ctx, progress }: Writing,
  row: ExportJob,
  file: { readonly bytes: number; readonly sha256: string },
): Promise<void> {
  const now = ctx.now();
  // The days count from when it can be fetched.
  const keptMs = (row.expiresAt ?? row.createdAt).getTime() - row.createdAt.getTime();
  const { rows, done, total } = progress;
  await withTenant(ctx, async (tx) => {
    const { count } = await tx.exportJob.updateMany({
      where: { ...idOf(job), state: "running", leaseOwner: parts.workerId },
      data: {
        ...file,
        rows,
        done,
        total,
        state: "done",
        error: "",
        finishedAt: now,
        expiresAt: new Date(now.getTime() + keptMs),
        leaseUntil: null,
        leaseOwner: null,
      },
    });
    if (count === 0) throw new ExportLost();
    await appendAudit(tx, ctx, {
      action: "export.end",
      target: exportTarget(job.id),
      payload: { state: "done", devices: total, rows, ...file },
    });
  });
  parts.log.info({ event: "export.done", export: job.id, rows, bytes: file.bytes });
}

async function fail({ parts, job, ctx }: Writing, error: string): Promise<void> {
  await withTenant(ctx, async (tx) => {
    const { count } = await tx.exportJob.updateMany({
      where: { ...idOf(job), state: "running", leaseOwner: parts.workerId },
      data: {
        state: "failed",
        error,
        finishedAt: ctx.now(),
        leaseUntil: null,
        leaseOwner: null,
      },
    });
    if (count === 0) throw new ExportLost();
    await appendAudit(tx, ctx, {
      action: "export.end",
      target: exportTarget(job.id),
      payload: { state: "failed", error },
    });
  });
  parts.log.warn({ event: "export.failed", export: job.id, reason: error });
}

const idOf = ({ tenantId, id }: ExportRef) => ({ tenantId, id });
