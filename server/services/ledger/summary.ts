import { sumLedger, sumLedgerByStep } from "#server/db/sum-ledger.ts";
import { ledgerSummarySchema } from "#server/services/ledger/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

const outcomes = ["stored", "duplicate", "filtered", "dead_lettered", "rejected", "shed"] as const;
export type LedgerOutcome = (typeof outcomes)[number];

/** What became of every message that was received. */
export type LedgerSummary = {
  readonly received: number;
  readonly totals: Readonly<Record<LedgerOutcome, number>>;
  /** received minus all outcomes; anything but 0 is a fault of ours. */
  readonly unaccounted: number;
  /** Of the outcomes that have one, most frequent first. */
  readonly reasons: readonly {
    readonly outcome: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** Length of a step in minutes: 1, more where the range is long. */
  readonly stepMinutes: number;
  /** Steps that had messages; `at` is epoch milliseconds. */
  readonly steps: readonly {
    readonly at: number;
    readonly received: number;
    readonly stored: number;
    readonly unaccounted: number;
  }[];
};

const mostSteps = 1500;

/** The conservation of messages over a range, whole and by minute. */
export const ledgerSummary = defineQuery({
  name: "ledger.summary",
  can: "telemetry.view",
  input: ledgerSummarySchema,
  run: async ({ ctx, tx, input }): Promise<LedgerSummary> => {
    const range = { tenantId: ctx.tenantId, from: input.from, to: input.to };
    const minutes = (input.to.getTime() - input.from.getTime()) / 60_000;
    const stepMinutes = Math.max(1, Math.ceil(minutes / mostSteps));
    const sums = (await sumLedger(tx, range)).map((sum) => ({ ...sum, count: Number(sum.count) }));
    const steps = await sumLedgerByStep(tx, { ...range, stepMinutes });
    const countOf = (outcome: string): number =>
      sums.reduce((total, sum) => total + (sum.outcome === outcome ? sum.count : 0), 0);
    const received = countOf("received");
    const totals = Object.fromEntries(
      outcomes.map((outcome) => [outcome, countOf(outcome)]),
    ) as Record<LedgerOutcome, number>;
    return {
      received,
      totals,
      unaccounted: received - Object.values(totals).reduce((sum, count) => sum + count, 0),
      reasons: sums.filter(({ reason }) => reason !== "").toSorted((a, b) => b.count - a.count),
      stepMinutes,
      steps: steps.map((step) => ({
        at: step.at.getTime(),
        received: Number(step.received),
        stored: Number(step.stored),
        unaccounted: Number(step.unaccounted),
      })),
    };
  },
});
