import type { Database } from "#server/db/client.ts";

/** Jobs of one run: each may have two hundred thousand devices. */
const jobsAtOnce = 20;

/**
 * Deletes bulk jobs with their results, and exports, that ended so many days ago. The audit trail
 * keeps both.
 * @returns how many jobs and exports were deleted
 */
export async function forgetWork(
  db: Database,
  { days, now }: { readonly days: number; readonly now: Date },
): Promise<number> {
  const before = new Date(now.getTime() - days * 86_400_000);
  const { rows: jobs } = await db.pool.query<{ tenantId: string; id: string }>(
    `SELECT tenant_id AS "tenantId", id FROM bulk_job
     WHERE state IN ('done', 'cancelled', 'failed') AND finished_at < $1
     ORDER BY finished_at LIMIT $2`,
    [before, jobsAtOnce],
  );
  for (const { tenantId, id } of jobs) {
    await db.pool.query("DELETE FROM bulk_job_device WHERE tenant_id = $1 AND job_id = $2", [
      tenantId,
      id,
    ]);
    await db.pool.query("DELETE FROM bulk_job WHERE tenant_id = $1 AND id = $2", [tenantId, id]);
  }
  const { rowCount } = await db.pool.query(
    `DELETE FROM export_job
     WHERE state IN ('done', 'cancelled', 'failed') AND finished_at < $1
       AND (expires_at IS NULL OR expires_at < $2)`,
    [before, now],
  );
  return jobs.length + (rowCount ?? 0);
}
