import type { Tx } from "#server/db/client.ts";
import {
  sumLedger,
  sumLedgerByPart,
  sumLedgerByStep,
  type LedgerPart,
  type LedgerStep,
} from "#server/db/sum-ledger.ts";
import { ledgerSummarySchema } from "#server/services/ledger/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

const outcomes = ["stored", "duplicate", "filtered", "dead_lettered", "rejected", "shed"] as const;
export type LedgerOutcome = (typeof outcomes)[number];

type Totals = Readonly<Record<LedgerOutcome, number>>;

/** Received, what became of it, and what nobody can say of it. */
type Accounts = {
  readonly received: number;
  readonly totals: Totals;
  /** received minus all outcomes; anything but 0 is a fault of ours. */
  readonly unaccounted: number;
};

/** What became of every message that was received. */
export type LedgerSummary = Accounts & {
  /** Of the outcomes that have one, most frequent first. */
  readonly reasons: readonly {
    readonly outcome: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** Busiest first. `replay` is how dead letters came again. */
  readonly byTransport: readonly (Accounts & { readonly transport: string })[];
  /** Busiest first; without a profile: what service clients published. */
  readonly byProfile: readonly (Accounts & {
    readonly profile: { readonly id: string; readonly name: string } | null;
  })[];
  /** Length of a step in minutes: 1, more where the range is long. */
  readonly stepMinutes: number;
  /** Steps that had messages; `at` is epoch milliseconds. */
  readonly steps: readonly ({ readonly at: number } & Readonly<
    Record<Exclude<keyof LedgerStep, "at">, number>
  >)[];
};

/** The conservation of messages over a range: whole, by transport and profile, and over time. */
export const ledgerSummary = defineQuery({
  name: "ledger.summary",
  can: "telemetry.view",
  input: ledgerSummarySchema,
  run: async ({ ctx, tx, input }): Promise<LedgerSummary> => {
    const range = { tenantId: ctx.tenantId, from: input.from, to: input.to };
    const minutes = (input.to.getTime() - input.from.getTime()) / 60_000;
    const stepMinutes = Math.max(1, Math.ceil(minutes / input.steps));
    const sums = (await sumLedger(tx, range)).map((sum) => ({ ...sum, count: Number(sum.count) }));
    const parts = await sumLedgerByPart(tx, range);
    const steps = await sumLedgerByStep(tx, { ...range, stepMinutes });
    return {
      ...accountsOf(sums),
      reasons: sums.filter(({ reason }) => reason !== "").toSorted((a, b) => b.count - a.count),
      byTransport: grouped(parts, ({ transport }) => transport).map(([transport, accounts]) => ({
        transport,
        ...accounts,
      })),
      byProfile: await profilesOf(tx, ctx.tenantId, parts),
      stepMinutes,
      steps: steps.map(toStep),
    };
  },
});

function accountsOf(
  sums: readonly { readonly outcome: string; readonly count: number | bigint }[],
): Accounts {
  const countOf = (outcome: string): number =>
    sums.reduce((total, sum) => total + (sum.outcome === outcome ? Number(sum.count) : 0), 0);
  const received = countOf("received");
  // fromEntries forgets which keys it was given.
  const totals = Object.fromEntries(
    outcomes.map((outcome) => [outcome, countOf(outcome)]),
  ) as Totals;
  const accounted = Object.values(totals).reduce((sum, count) => sum + count, 0);
  return { received, totals, unaccounted: received - accounted };
}

function grouped(
  parts: readonly LedgerPart[],
  by: (part: LedgerPart) => string,
): readonly (readonly [string, Accounts])[] {
  return [...Map.groupBy(parts, by)]
    .map(([name, sums]) => [name, accountsOf(sums)] as const)
    .toSorted(([, a], [, b]) => b.received - a.received);
}

async function profilesOf(
  tx: Tx,
  tenantId: string,
  parts: readonly LedgerPart[],
): Promise<LedgerSummary["byProfile"]> {
  const groups = grouped(parts, ({ profileId }) => profileId);
  const known = await tx.profile.findMany({
    where: { tenantId, id: { in: groups.map(([id]) => id) } },
    select: { id: true, name: true },
  });
  const profiles = new Map(known.map((profile) => [profile.id, profile]));
  return groups.map(([id, accounts]) => ({ profile: profiles.get(id) ?? null, ...accounts }));
}

function toStep({ at, ...counts }: LedgerStep): LedgerSummary["steps"][number] {
  return {
    at: at.getTime(),
    received: Number(counts.received),
    stored: Number(counts.stored),
    duplicate: Number(counts.duplicate),
    filtered: Number(counts.filtered),
    deadLettered: Number(counts.deadLettered),
    rejected: Number(counts.rejected),
    shed: Number(counts.shed),
    unaccounted: Number(counts.unaccounted),
  };
}
