import { runJobAlone } from "#server/db/run-job-alone.ts";
import { alertDelivery } from "#server/jobs/alerts/deliver.ts";
import { alertJobs, checkAlerts } from "#server/jobs/alerts/evaluate.ts";
import { startJobs, type Job } from "#server/jobs/runner.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";
import { createAlertSenders } from "#server/services/alert-channel/send.ts";

/**
 * Evaluates the alert rules and sends what they find, and looks at once when somebody asks. The first
 * run is not waited for: a webhook that does not answer must not keep the listeners closed.
 * @returns stops it, after what is being sent
 */
export function startAlerts(parts: WorkerParts): Stop {
  const { db, env, log, metrics, clock, system } = parts;
  const at = { db, log, now: clock };
  const delivery = alertDelivery({
    ...at,
    keyring: system.keyring,
    senders: createAlertSenders(env),
  });
  const started = startJobs({ db, log, metrics, jobs: [...alertJobs(at), delivery] });
  const check: Job = { name: "alerts.check", everyMs: 0, run: () => checkAlerts(at) };
  let checking: Promise<void> = Promise.resolve();
  parts.followers.set("alerts", (event) => {
    if (event === undefined) return;
    checking = checking.then(() => runNow(parts, [check, delivery]));
  });
  return async () => {
    const stop = await started;
    await Promise.all([stop(), checking]);
  };
}

/** Runs jobs one after the other, unless another worker is at it. */
async function runNow({ db, log }: WorkerParts, jobs: readonly Job[]): Promise<void> {
  for (const { name, run } of jobs) {
    try {
      const result = await runJobAlone(db, { name, freshSeconds: 0, work: run });
      if (result.outcome === "failed") {
        log.error({ event: "job.failed", job: name, reason: result.detail });
      }
    } catch (error) {
      log.warn({ event: "job.not_run", job: name, reason: String(error) });
    }
  }
}
