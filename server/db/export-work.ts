import type { Database } from "#server/db/client.ts";

/** An export of a tenant. */
export type ExportRef = { readonly tenantId: string; readonly id: string };

/** For how long a worker that says nothing keeps its export; it says something every second. */
const exportLeaseSeconds = 30;

/**
 * Takes on the export that waits longest, over all tenants: a new one, or one whose worker is gone.
 * Those that were begun by another one are begun anew.
 * @returns undefined when there is nothing to do
 */
export async function claimExport(db: Database, workerId: string): Promise<ExportRef | undefined> {
  const { rows } = await db.pool.query<ExportRef>({
    name: "claim-export",
    text: `
      UPDATE export_job j SET state = 'running', lease_owner = $1, error = '',
        lease_until = now() + make_interval(secs => $2), started_at = now(), done = 0, total = 0,
        rows = 0, bytes = 0
      FROM (SELECT tenant_id, id FROM export_job
        WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())
        ORDER BY lease_until NULLS FIRST, created_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
      WHERE j.tenant_id = next.tenant_id AND j.id = next.id
      RETURNING j.tenant_id AS "tenantId", j.id`,
    values: [workerId, exportLeaseSeconds],
  });
  return rows[0];
}

/** How far an export is. */
export type ExportProgress = {
  readonly done: number;
  readonly total: number;
  readonly rows: number;
  readonly bytes: number;
};

/**
 * Keeps a claimed export for longer and says how far it is.
 * @returns false when another worker has it, or it was cancelled
 */
export async function keepExport(
  db: Database,
  job: ExportRef,
  at: ExportProgress & { readonly workerId: string },
): Promise<boolean> {
  const { rowCount } = await db.pool.query({
    name: "keep-export",
    text: `
      UPDATE export_job SET lease_until = now() + make_interval(secs => $4), done = $5, total = $6,
        rows = $7, bytes = $8
      WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND state = 'running' AND lease_until > now()`,
    values: [
      job.tenantId,
      job.id,
      at.workerId,
      exportLeaseSeconds,
      at.done,
      at.total,
      at.rows,
      at.bytes,
    ],
  });
  return rowCount !== 0;
}

/** Lets others begin an export anew. @param at.error what keeps it waiting, in words */
export async function releaseExport(
  db: Database,
  job: ExportRef,
  at: { readonly workerId: string; readonly error: string },
): Promise<void> {
  await db.pool.query(
    `UPDATE export_job SET lease_until = now() - interval '1 millisecond', error = $4
     WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND state = 'running'`,
    [job.tenantId, job.id, at.workerId, at.error],
  );
}

/** Whose file is still to be kept. */
export type KeptExport = {
  readonly id: string;
  /** Of its file; null while it is written: then any may be its own. */
  readonly digest: string | null;
};

/** Which of these exports have a file that is to be kept, or may have one in a moment. */
export async function findKeptExports(
  db: Database,
  at: { readonly tenantId: string; readonly ids: readonly string[]; readonly now: Date },
): Promise<readonly KeptExport[]> {
  const { rows } = await db.pool.query<KeptExport>(
    `SELECT id, CASE WHEN state = 'done' THEN left(sha256, 16) END AS digest FROM export_job
     WHERE tenant_id = $1 AND id = ANY ($2)
       AND (state = 'running' OR (state = 'done' AND expires_at > $3))`,
    [at.tenantId, at.ids, at.now],
  );
  return rows;
}
