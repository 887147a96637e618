import type { Database, Tx } from "#server/db/client.ts";
import type { BulkJobRef } from "#server/db/bulk-job-devices.ts";
import type { BulkDeviceState } from "#server/domain/bulk-action.ts";

/** For how long a worker that says nothing keeps its job; each batch says something. */
const bulkLeaseSeconds = 30;

/**
 * Takes on the bulk job that waits longest, over all tenants: a new one, or one whose worker let it go
 * or is gone.
 * @returns undefined when there is nothing to do
 */
export async function claimBulkJob(
  db: Database,
  workerId: string,
): Promise<BulkJobRef | undefined> {
  const { rows } = await db.pool.query<BulkJobRef>({
    name: "claim-bulk-job",
    text: `
      UPDATE bulk_job j SET state = 'running', lease_owner = $1,
        lease_until = now() + make_interval(secs => $2), started_at = coalesce(j.started_at, now())
      FROM (SELECT tenant_id, id FROM bulk_job
        WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())
        ORDER BY lease_until NULLS FIRST, created_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
      WHERE j.tenant_id = next.tenant_id AND j.id = next.id
      RETURNING j.tenant_id AS "tenantId", j.id`,
    values: [workerId, bulkLeaseSeconds],
  });
  return rows[0];
}

/**
 * Lets others go on with a job.
 * @param at.error what keeps it waiting, in words; empty for nothing
 */
export async function releaseBulkJob(
  db: Database,
  job: BulkJobRef,
  at: { readonly workerId: string; readonly error: string },
): Promise<void> {
  await db.pool.query(
    `UPDATE bulk_job SET lease_until = now() - interval '1 millisecond', error = $4
     WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND state = 'running'`,
    [job.tenantId, job.id, at.workerId, at.error],
  );
}

/**
 * Locks a claimed job for a batch of its worker, and keeps it for longer.
 * @returns false when another worker has it, or it was cancelled
 */
export async function holdBulkJob(tx: Tx, job: BulkJobRef, workerId: string): Promise<boolean> {
  const held = await tx.$executeRaw`
    UPDATE bulk_job SET lease_until = now() + make_interval(secs => ${bulkLeaseSeconds}::int)
    WHERE tenant_id = ${job.tenantId}::uuid AND id = ${job.id}::uuid AND state = 'running'
      AND lease_owner = ${workerId}::uuid AND lease_until > now()`;
  return held > 0;
}

/** UUIDs of devices that wait, ascending, beyond `after`. */
export async function takeBulkDevices(
  tx: Tx,
  job: BulkJobRef,
  at: { readonly after: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT device_id AS id FROM bulk_job_device
    WHERE tenant_id = ${job.tenantId}::uuid AND job_id = ${job.id}::uuid
      AND device_id > ${at.after}::uuid AND state = 'waiting'
    ORDER BY device_id LIMIT ${at.limit}::int`;
  return rows.map(({ id }) => id);
}

/** What became of a device. */
export type BulkOutcome = {
  /** UUID. */
  readonly id: string;
  readonly state: Exclude<BulkDeviceState, "waiting">;
  readonly detail: string;
};

/** Writes down what became of devices, in the transaction that changed them. */
export async function recordBulkOutcomes(
  tx: Tx,
  job: BulkJobRef,
  at: { readonly outcomes: readonly BulkOutcome[]; readonly now: Date },
): Promise<void> {
  const { outcomes, now } = at;
  const count = (...states: readonly string[]) =>
    outcomes.filter(({ state }) => states.includes(state)).length;
  await tx.$executeRaw`
    UPDATE bulk_job_device r SET state = o.state, detail = o.detail, finished_at = ${now}::timestamptz
    FROM unnest(${outcomes.map(({ id }) => id)}::uuid[], ${outcomes.map(({ state }) => state)}::text[],
      ${outcomes.map(({ detail }) => detail)}::text[]) AS o(id, state, detail)
    WHERE r.tenant_id = ${job.tenantId}::uuid AND r.job_id = ${job.id}::uuid AND r.device_id = o.id`;
  await tx.$executeRaw`
    UPDATE bulk_job SET done = done + ${count("done")}::int, failed = failed + ${count("failed")}::int,
      unchanged = unchanged + ${count("unchanged", "skipped")}::int, error = ''
    WHERE tenant_id = ${job.tenantId}::uuid AND id = ${job.id}::uuid`;
}
