import {
  ruleWords,
  stepRank,
  type AlertKey,
  type AlertRule,
  type Finding,
  type Observation,
} from "#server/domain/alert.ts";

/** An alert that is not resolved. */
export type StandingAlert = AlertKey & {
  readonly id: string;
  readonly step: string;
  /** When something was last said of it, or seen for what comes and goes. */
  readonly lastAt: Date;
};

/** When the last alert of a subject was resolved. */
export type SettledAlert = AlertKey & { readonly resolvedAt: Date };

/** What is to be done about the alerts. */
export type AlertVerdict = {
  readonly raise: readonly Finding[];
  readonly escalate: readonly {
    readonly id: string;
    readonly was: string;
    readonly finding: Finding;
  }[];
  /** Seen again, without a new step. */
  readonly touch: readonly { readonly id: string; readonly finding: Finding }[];
  readonly resolve: readonly StandingAlert[];
};

const dayMs = 86_400_000;

const textOf = ({ tenantId, rule, subjectKind, subjectId }: AlertKey): string =>
  JSON.stringify([tenantId, rule, subjectKind, subjectId]);

function quietMsOf(rule: AlertRule): number | undefined {
  const days = ruleWords[rule].quietDays;
  return days === undefined ? undefined : days * dayMs;
}

/**
 * Compares what the rules see now with the alerts that stand: what is new is raised, a later step
 * escalates once, a cause that is gone resolves. Steps that were missed count as the latest only, and
 * a clock that went back undoes nothing.
 * @param at.looked rules that were evaluated in full: alerts of the others stay as they are
 */
export function reconcileAlerts(at: {
  readonly observations: readonly Observation[];
  readonly standing: readonly StandingAlert[];
  readonly settled: readonly SettledAlert[];
  readonly looked: ReadonlySet<AlertRule>;
  readonly now: Date;
}): AlertVerdict {
  const standing = new Map(at.standing.map((alert) => [textOf(alert), alert]));
  const settled = new Map(at.settled.map((alert) => [textOf(alert), alert.resolvedAt]));
  const seen = new Set<string>();
  const raise: Finding[] = [];
  const escalate: AlertVerdict["escalate"][number][] = [];
  const touch: AlertVerdict["touch"][number][] = [];
  for (const { key, finding } of at.observations) {
    const text = textOf(key);
    if (seen.has(text)) continue;
    seen.add(text);
    if (finding === undefined) continue;
    const alert = standing.get(text);
    if (alert === undefined) {
      if (isNews(finding, settled.get(text))) raise.push(finding);
    } else if (stepRank(finding.step) > stepRank(alert.step)) {
      escalate.push({ id: alert.id, was: alert.step, finding });
    } else if (finding.seenAt !== null && finding.seenAt > alert.lastAt) {
      touch.push({ id: alert.id, finding });
    }
  }
  const resolve = at.standing.filter(
    (alert) => !seen.has(textOf(alert)) && at.looked.has(alert.rule) && isQuiet(alert, at.now),
  );
  return { raise, escalate, touch, resolve };
}

/** What comes and goes fires again only for something that happened after the last one was resolved. */
function isNews({ seenAt }: Finding, resolvedAt: Date | undefined): boolean {
  return seenAt === null || resolvedAt === undefined || seenAt > resolvedAt;
}

function isQuiet({ rule, lastAt }: StandingAlert, now: Date): boolean {
  const quietMs = quietMsOf(rule);
  return quietMs === undefined || now.getTime() - lastAt.getTime() >= quietMs;
}
