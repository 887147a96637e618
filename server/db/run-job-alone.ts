import type pg from "pg";
import type { Database } from "#server/db/client.ts";

/** First half of the advisory locks under which jobs run. */
const jobLock = 729_482;

export type JobRunResult =
  | { readonly outcome: "done"; readonly detail: string }
  | { readonly outcome: "failed"; readonly detail: string }
  /** Another worker runs it, or did so a moment ago. */
  | { readonly outcome: "elsewhere" };

/**
 * Runs `work` unless another worker runs it or has done so within `freshSeconds`, and records the
 * run in `job_run`.
 * @throws what the database throws; a failure of `work` is a result
 */
export async function runJobAlone(
  db: Database,
  job: {
    readonly name: string;
    readonly freshSeconds: number;
    readonly work: () => Promise<string>;
  },
): Promise<JobRunResult> {
  const client = await db.pool.connect();
  let isLocked = false;
  try {
    const lock = await client.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked",
      [jobLock, job.name],
    );
    isLocked = lock.rows[0]?.locked === true;
    if (!isLocked) return { outcome: "elsewhere" };
    const begun = await client.query(
      `INSERT INTO job_run AS j (name, started_at) VALUES ($1, now())
       ON CONFLICT (name) DO UPDATE SET started_at = now(), finished_at = NULL, outcome = 'running', detail = ''
         WHERE j.outcome <> 'done' OR j.finished_at < now() - make_interval(secs => $2)
       RETURNING name`,
      [job.name, job.freshSeconds],
    );
    if (begun.rowCount === 0) return { outcome: "elsewhere" };
    const result = await settle(job.work);
    await client.query(
      "UPDATE job_run SET finished_at = now(), outcome = $2, detail = $3 WHERE name = $1",
      [job.name, result.outcome, result.detail],
    );
    return result;
  } finally {
    // Closing the connection frees the lock as well; a healthy one is given back.
    await release(client, isLocked, job.name);
  }
}

async function settle(
  work: () => Promise<string>,
): Promise<{ readonly outcome: "done" | "failed"; readonly detail: string }> {
  try {
    return { outcome: "done", detail: await work() };
  } catch (error) {
    return { outcome: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

async function release(client: pg.PoolClient, isLocked: boolean, name: string): Promise<void> {
  try {
    if (isLocked)
      await client.query("SELECT pg_advisory_unlock($1, hashtext($2))", [jobLock, name]);
    client.release();
  } catch {
    client.release(true);
  }
}
