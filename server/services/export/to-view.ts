import type { ExportJob } from "#server/db/generated/client.ts";
import { paceOf } from "#server/domain/work-pace.ts";
import { formatOf, requestOf } from "#server/services/export/internal.ts";
import type { ExportView } from "#server/services/export/view.ts";

/** An export as it is shown at `now`. */
export function viewOfExport(job: ExportJob, now: Date): ExportView {
  const { id, name, state, done, total, sha256, error, createdBy, downloads, expiresAt } = job;
  const request = requestOf(job);
  const rows = Number(job.rows);
  return {
    id,
    name,
    format: formatOf(job),
    kind: request.kind,
    telemetry:
      request.kind === "devices"
        ? null
        : {
            metrics: request.metrics,
            from: request.from.toISOString(),
            to: request.to.toISOString(),
            level: request.level,
          },
    state,
    done,
    total,
    rows,
    bytes: Number(job.bytes),
    sha256,
    error,
    rowsPerSecond: paceOf({ ...job, done: rows }, now).perSecond,
    secondsLeft: paceOf(job, now).secondsLeft,
    isOrphaned: state === "running" && (job.leaseUntil === null || job.leaseUntil < now),
    createdAt: job.createdAt.toISOString(),
    createdBy,
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    isExpired: state === "done" && expiresAt !== null && expiresAt <= now,
    downloads,
  };
}
