import type { Database } from "#server/db/client.ts";

/** Bulk work that this worker has taken on. */
export type ClaimedRun = {
  readonly tenantId: string;
  readonly id: string;
  readonly kind: "dry_run" | "replay" | "discard";
  readonly selection: unknown;
  readonly transform: unknown;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Where the one before left off; null at the beginning. As PostgreSQL writes it. */
  readonly cursorAt: string | null;
  readonly cursorId: string | null;
  readonly samples: unknown;
  readonly failures: unknown;
};

/** For how long a worker that says nothing keeps its run; each transaction says something. */
export const leaseSeconds = 5;

/**
 * Takes on the run that waits longest: a new one, or one whose worker is gone.
 * @returns undefined when there is nothing to do
 */
export async function claimDeadLetterRun(
  db: Database,
  workerId: string,
): Promise<ClaimedRun | undefined> {
  const { rows } = await db.pool.query<ClaimedRun>({
    name: "claim-dead-letter-run",
    text: `
      UPDATE dead_letter_run r SET state = 'running', worker_id = $1, started_at = coalesce(r.started_at, now()),
        lease_until = now() + make_interval(secs => $2)
      FROM (SELECT tenant_id, id FROM dead_letter_run
        WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())
        ORDER BY lease_until NULLS FIRST, created_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
      WHERE r.tenant_id = next.tenant_id AND r.id = next.id
      RETURNING r.tenant_id AS "tenantId", r.id, r.kind, r.selection, r.transform, r.reason,
        r.created_by AS "createdBy", r.created_at AS "createdAt", r.cursor_at::text AS "cursorAt",
        r.cursor_id AS "cursorId", r.samples, r.failures`,
    values: [workerId, leaseSeconds],
  });
  return rows[0];
}

/** Lets others go on with a run, after those that wait longer. */
export async function releaseDeadLetterRun(
  db: Database,
  run: Pick<ClaimedRun, "tenantId" | "id">,
  workerId: string,
): Promise<void> {
  await db.pool.query(
    `UPDATE dead_letter_run SET lease_until = now() - interval '1 millisecond'
     WHERE tenant_id = $1 AND id = $2 AND worker_id = $3 AND state = 'running'`,
    [run.tenantId, run.id, workerId],
  );
}

/** Whether other runs wait for a worker. */
export async function deadLetterRunWaits(db: Database): Promise<boolean> {
  const { rows } = await db.pool.query<{ waits: boolean }>(
    `SELECT EXISTS (SELECT FROM dead_letter_run WHERE state IN ('queued', 'running')
       AND (lease_until IS NULL OR lease_until < now())) AS waits`,
  );
  return rows[0]?.waits === true;
}
