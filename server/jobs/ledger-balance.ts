import { randomUUID } from "node:crypto";
import type { Database } from "#server/db/client.ts";
import { findLedgerDifferences, readOpenDifferences } from "#server/db/find-ledger-differences.ts";
import { withTenant } from "#server/db/tenant.ts";
import { keepDifferences, resolveDifferences } from "#server/db/write-ledger-differences.ts";
import {
  judgeBalance,
  type BalanceVerdict,
  type Difference,
} from "#server/domain/ledger-balance.ts";
import type { Job } from "#server/jobs/runner.ts";
import type { Log } from "#server/observability/log.ts";
import { appendAudit } from "#server/services/audit/append.ts";

const everyMs = 10_000;
const minuteMs = 60_000;
/** Longer than a batch may wait for its transaction to end. */
const openMs = 2 * minuteMs;
/** Younger than the shortest retention of dead letters. */
const spanMs = 24 * 60 * minuteMs - openMs;
/** Counting a million letters takes a while: older ones are compared less often. */
const recentLettersMs = 60 * minuteMs;
const allLettersEveryMs = 10 * minuteMs;
/** Minutes that an event or a line of the log names. */
const namedMinutes = 20;

type At = { readonly db: Database; readonly log: Log; readonly now: () => number };

/**
 * Checks for every minute of the last day that received equals the outcomes, and that the dead
 * letters are there; the first difference is an alarm.
 * @param at.now epoch milliseconds
 */
export function ledgerBalance(at: At): Job {
  let allLettersAt = Number.NEGATIVE_INFINITY;
  return {
    name: "ledger.balance",
    everyMs,
    run: async () => {
      const now = at.now();
      const isWhole = now - allLettersAt >= allLettersEveryMs;
      const verdict = await checkBalance(at, now, isWhole ? spanMs : recentLettersMs);
      if (isWhole) allLettersAt = now;
      const open = verdict.appeared.length + verdict.lasting.length;
      return `${open} minutes do not add up, ${verdict.resolved.length} do again`;
    },
  };
}

function fullMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

async function checkBalance(at: At, now: number, lettersMs: number): Promise<BalanceVerdict> {
  const to = fullMinute(now - openMs);
  const from = fullMinute(now - spanMs);
  const lettersFrom = fullMinute(now - lettersMs);
  const open = await readOpenDifferences(at.db);
  const found = await findLedgerDifferences(at.db, {
    from: new Date(from),
    lettersFrom: new Date(lettersFrom),
    to: new Date(to),
  });
  const verdict = judgeBalance({
    open,
    found,
    looked: ({ minute, kind }) =>
      minute < to && minute >= (kind === "balance" ? from : lettersFrom),
  });
  const changes = [...verdict.appeared, ...verdict.lasting, ...verdict.resolved];
  for (const tenantId of new Set(changes.map((change) => change.tenantId))) {
    await record(at, { tenantId, verdict, now: new Date(now) });
  }
  return verdict;
}

type Recorded = {
  readonly tenantId: string;
  readonly verdict: BalanceVerdict;
  readonly now: Date;
};

async function record(at: At, { tenantId, verdict, now }: Recorded): Promise<void> {
  const ours = (differences: readonly Difference[]): readonly Difference[] =>
    differences.filter((each) => each.tenantId === tenantId);
  const appeared = ours(verdict.appeared);
  const differences = [...appeared, ...ours(verdict.lasting)];
  await withTenant({ db: at.db, tenantId }, async (tx) => {
    await keepDifferences(tx, { tenantId, now, differences });
    await resolveDifferences(tx, { tenantId, now, differences: ours(verdict.resolved) });
    const event = eventOf(verdict, tenantId);
    if (event === undefined) return;
    await appendAudit(tx, systemIn(tenantId), {
      action: event,
      target: "ledger",
      payload: {
        minutes: named(event === "ledger.difference" ? appeared : ours(verdict.resolved)),
      },
    });
  });
  if (appeared.length > 0) {
    at.log.error({
      event: "ledger.difference",
      tenantId,
      minutes: appeared.length,
      first: named(appeared).slice(0, namedMinutes),
    });
  }
}

/** The first difference and the return to balance are events; what lies between is in the table. */
function eventOf(verdict: BalanceVerdict, tenantId: string): string | undefined {
  if (verdict.alarmed.includes(tenantId)) return "ledger.difference";
  return verdict.calmed.includes(tenantId) ? "ledger.balanced" : undefined;
}

function systemIn(tenantId: string): Parameters<typeof appendAudit>[1] {
  return {
    tenantId,
    actor: { type: "system", name: "ledger" },
    requestId: randomUUID(),
    ip: undefined,
  };
}

function named(differences: readonly Difference[]): readonly object[] {
  return differences.slice(0, namedMinutes).map(({ minute, kind, difference }) => ({
    minute: new Date(minute).toISOString(),
    kind,
    difference: difference.toString(),
  }));
}
