import type { Database, Tx } from "#server/db/client.ts";
import { readSettledAlerts, readStandingAlerts } from "#server/db/read-standing-alerts.ts";
import { withInstallation } from "#server/db/tenant.ts";
import {
  escalateAlerts,
  raiseAlerts,
  resolveAlerts,
  touchAlerts,
} from "#server/db/write-alerts.ts";
import { ruleWords, type AlertRule, type Observation } from "#server/domain/alert.ts";
import { reconcileAlerts, type AlertVerdict } from "#server/domain/reconcile-alerts.ts";
import {
  mostFindings,
  quickWatches,
  slowWatches,
  type Watch,
} from "#server/jobs/alerts/observe.ts";
import type { Job } from "#server/jobs/runner.ts";
import type { Log } from "#server/observability/log.ts";

export type AlertParts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** How many alerts an evaluation changed. */
export type Evaluated = {
  readonly raised: number;
  readonly escalated: number;
  readonly resolved: number;
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Longer than the longest time after which what comes and goes is quiet. */
const settledMs = 30 * dayMs;

/** Of the transaction in which tens of thousands of alerts of a bad day are written. */
const writeMs = 300_000;

/** The names under which the jobs are recorded. */
const alertScanJob = "alerts.scan";

/** Every minute what is cheap, every ten minutes all certificates. */
export function alertJobs(at: AlertParts): readonly Job[] {
  return [
    { name: "alerts.watch", everyMs: minuteMs, run: () => evaluateInWords(at, quickWatches) },
    { name: alertScanJob, everyMs: 10 * minuteMs, run: () => evaluateInWords(at, slowWatches) },
  ];
}

/** Looks at everything now, because somebody asked. @returns what was done, in words */
export function checkAlerts(at: AlertParts): Promise<string> {
  return evaluateInWords(at, [...quickWatches, ...slowWatches]);
}

async function evaluateInWords(at: AlertParts, watches: readonly Watch[]): Promise<string> {
  const { raised, escalated, resolved } = await evaluateAlerts(at, watches);
  return `${raised} alerts raised, ${escalated} escalated, ${resolved} resolved`;
}

/**
 * Looks at what the rules are about, and raises, escalates and resolves alerts in one transaction
 * together with what is to be sent. A rule that cannot look is logged; its alerts stay as they are.
 */
export async function evaluateAlerts(
  at: AlertParts,
  watches: readonly Watch[],
  limit: number = mostFindings,
): Promise<Evaluated> {
  const now = new Date(Math.floor(at.now()));
  const { observations, looked, rules } = await lookAll(at, { watches, now, limit });
  const verdict = reconcileAlerts({
    observations,
    standing: await readStandingAlerts(at.db, rules),
    settled: await readSettledAlerts(at.db, {
      rules: rules.filter((rule) => ruleWords[rule].quietDays !== undefined),
      since: new Date(now.getTime() - settledMs),
    }),
    looked,
    now,
  });
  const { raise, escalate, touch, resolve } = verdict;
  if (raise.length + escalate.length + touch.length + resolve.length > 0) {
    await withInstallation(at.db, (tx) => write(tx, verdict, now), { timeoutMs: writeMs });
  }
  return { raised: raise.length, escalated: escalate.length, resolved: resolve.length };
}

async function write(tx: Tx, verdict: AlertVerdict, now: Date): Promise<void> {
  await raiseAlerts(tx, { findings: verdict.raise, now });
  await escalateAlerts(tx, { steps: verdict.escalate, now });
  await touchAlerts(tx, verdict.touch);
  const detail = "The cause is gone.";
  await resolveAlerts(tx, { alerts: verdict.resolve, now, by: "system", detail });
}

async function lookAll(
  { db, log }: AlertParts,
  at: { readonly watches: readonly Watch[]; readonly now: Date; readonly limit: number },
): Promise<{
  readonly observations: readonly Observation[];
  readonly looked: ReadonlySet<AlertRule>;
  readonly rules: readonly AlertRule[];
}> {
  const observations: Observation[] = [];
  const looked = new Set<AlertRule>();
  const rules: AlertRule[] = [];
  for (const watch of at.watches) {
    try {
      const seen = await watch.look({ db, now: at.now, limit: at.limit });
      for (const each of seen.observations) observations.push(each);
      rules.push(...watch.rules);
      if (!seen.isPartial) for (const rule of watch.rules) looked.add(rule);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ event: "alerts.not_looked", rules: watch.rules.join(", "), reason });
    }
  }
  return { observations, looked, rules };
}
