import type { Database } from "#server/db/client.ts";
import { runJobAlone } from "#server/db/run-job-alone.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";

/** Work that is done again and again, by one worker of all. */
export type Job = {
  readonly name: string;
  readonly everyMs: number;
  /** @returns what was done, in words */
  readonly run: () => Promise<string>;
};

/**
 * A run holds one connection for its lock and works with others: if all jobs began together, each
 * could hold one and wait for a second that nobody gives back.
 */
const mostAtOnce = 4;

/** @returns a function that does work when fewer than `most` are under way, in the order of asking */
function createTurns(most: number): (work: () => Promise<void>) => Promise<void> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => void waiting.push(resolve));
    else free -= 1;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/**
 * Runs each job now and then periodically. A run that fails is logged, recorded and tried again at
 * the next time.
 * @returns a function that waits for running jobs and ends
 */
export async function startJobs(at: {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly jobs: readonly Job[];
}): Promise<() => Promise<void>> {
  const running = new Map<string, Promise<void>>();
  const inTurn = createTurns(mostAtOnce);
  const start = (job: Job): Promise<void> => {
    const current =
      running.get(job.name) ??
      inTurn(() => runOnce(at, job)).finally(() => running.delete(job.name));
    running.set(job.name, current);
    return current;
  };
  await Promise.all(at.jobs.map(start));
  const timers = at.jobs.map((job) => setInterval(() => void start(job), job.everyMs));
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(running.values());
  };
}

async function runOnce(
  at: { readonly db: Database; readonly log: Log; readonly metrics: Metrics },
  job: Job,
): Promise<void> {
  const { name, everyMs } = job;
  try {
    const freshSeconds = (everyMs / 1000) * 0.9;
    const result = await runJobAlone(at.db, { name, freshSeconds, work: job.run });
    at.metrics.jobRuns.inc({ job: name, outcome: result.outcome });
    if (result.outcome === "failed") {
      at.log.error({ event: "job.failed", job: name, reason: result.detail });
    } else if (result.outcome === "done") {
      at.log.debug({ event: "job.done", job: name, detail: result.detail });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    at.metrics.jobRuns.inc({ job: name, outcome: "failed" });
    at.log.warn({ event: "job.not_run", job: name, reason });
  }
}
