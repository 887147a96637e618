import type { Tx } from "#server/db/client.ts";
import type { BulkJob } from "#server/db/generated/client.ts";
import { paceOf } from "#server/domain/work-pace.ts";
import { actionOf } from "#server/services/bulk/internal.ts";
import type { BulkJobView } from "#server/services/bulk/view.ts";

/** Jobs as they are shown at `now`, with the names of the profiles that they set. */
export async function viewsOfBulkJobs(
  tx: Tx,
  jobs: readonly BulkJob[],
  at: { readonly tenantId: string; readonly now: Date },
): Promise<readonly BulkJobView[]> {
  const wanted = jobs.flatMap((job) => {
    const action = actionOf(job);
    return action.kind === "set_profile" ? [action.profileId] : [];
  });
  const profiles =
    wanted.length === 0
      ? []
      : await tx.profile.findMany({
          where: { tenantId: at.tenantId, id: { in: wanted } },
          select: { id: true, name: true },
        });
  const names = new Map(profiles.map(({ id, name }) => [id, name]));
  return jobs.map((job) => viewOf(job, names, at.now));
}

function viewOf(job: BulkJob, names: ReadonlyMap<string, string>, now: Date): BulkJobView {
  const { id, reason, state, total, done, unchanged, failed, error, cancelledBy } = job;
  const action = actionOf(job);
  const settled = done + unchanged + failed;
  const { perSecond, secondsLeft } = paceOf({ ...job, done: settled }, now);
  return {
    id,
    action,
    profileName: action.kind === "set_profile" ? (names.get(action.profileId) ?? null) : null,
    reason,
    state,
    total,
    done,
    unchanged,
    failed,
    error,
    ratePerSecond: perSecond,
    secondsLeft,
    isOrphaned: state === "running" && (job.leaseUntil === null || job.leaseUntil < now),
    createdAt: job.createdAt.toISOString(),
    createdBy: job.createdBy,
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    cancelledBy,
  };
}
