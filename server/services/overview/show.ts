import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { countCertificatesByWeek } from "#server/db/count-certificates-by-week.ts";
import { countExpiredCertificates } from "#server/db/count-expired-certificates.ts";
import { countPresences } from "#server/db/count-presences.ts";
import { workerGoneSeconds } from "#server/db/presence-sql.ts";
import { findQuietGateways, type QuietGateway } from "#server/db/find-quiet-gateways.ts";
import { sumLedgerByStep, type LedgerStep } from "#server/db/sum-ledger.ts";
import type { Presence } from "#server/domain/presence.ts";
import { defineQuery } from "#server/services/query.ts";

/** The fleet in one look. Times are ISO 8601 in UTC; the window is the last 24 hours. */
export type OverviewView = {
  readonly at: string;
  readonly presences: readonly { readonly presence: Presence; readonly devices: number }[];
  /** Gateways that nobody hears, with their overdue children; at most five. */
  readonly quietGateways: readonly QuietGateway[];
  readonly messages: {
    readonly received: number;
    /** received minus every told outcome; anything but 0 is a fault of ours. */
    readonly unaccounted: number;
    /** Minutes that the balance check found and nobody has acknowledged, of all time. */
    readonly differences: number;
    /** Mean of the newest whole minute. */
    readonly perSecond: number;
    readonly peak: { readonly perSecond: number; readonly at: string } | null;
    /** Means of a minute, per second, over the last hour; `at` is epoch milliseconds. Every step is there. */
    readonly steps: readonly {
      readonly at: number;
      readonly received: number;
      readonly stored: number;
    }[];
  };
  readonly deadLetters: {
    readonly count: number;
    readonly causes: number;
    readonly newestAt: string | null;
  };
  readonly certificates: {
    readonly expired: number;
    readonly weeks: readonly {
      readonly startsAt: string;
      readonly soon: number;
      readonly later: number;
    }[];
  };
  readonly refusals: readonly RecentRefusal[];
  /** Workers whose heart beats. */
  readonly workers: number;
};

/** Why somebody was not let in, and what helps. */
export type RecentRefusal = {
  readonly id: string;
  readonly claimedId: string;
  readonly detail: string;
  readonly remedy: string;
  readonly remote: string;
  readonly count: number;
  readonly lastAt: string;
};

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** The traffic chart: an hour of minutes, so that a fresh installation shows its first ones. */
const stepMs = minuteMs;
const trafficMs = 60 * minuteMs;
const certificateWeeks = 12;
const shownRefusals = 6;
const shownGateways = 5;

export const showOverview = defineQuery({
  name: "overview.show",
  can: "fleet.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<OverviewView> => {
    const now = ctx.now();
    const at = { tenantId: ctx.tenantId, now, since: new Date(now.getTime() - dayMs) };
    return {
      at: now.toISOString(),
      presences: await countPresences(tx, at),
      quietGateways: await findQuietGateways(tx, { ...at, most: shownGateways }),
      messages: await readMessages(tx, at),
      deadLetters: await readDeadLetters(tx, at),
      certificates: await readCertificates(tx, at),
      refusals: await readRefusals(tx, at),
      workers: await tx.workerInstance.count({
        where: { heartbeatAt: { gt: new Date(now.getTime() - workerGoneSeconds * 1_000) } },
      }),
    };
  },
});

type Window = { readonly tenantId: string; readonly now: Date; readonly since: Date };

async function readMessages(tx: Tx, at: Window): Promise<OverviewView["messages"]> {
  const to = new Date(at.now.getTime() + minuteMs);
  const { tenantId, since: from } = at;
  const minutes = await sumLedgerByStep(tx, { tenantId, from, to, stepMinutes: 1 });
  const newestWhole = Math.floor(at.now.getTime() / minuteMs) * minuteMs - minuteMs;
  const newest = minutes.find((minute) => minute.at.getTime() === newestWhole);
  return {
    received: sumOf(minutes, "received"),
    unaccounted: sumOf(minutes, "unaccounted"),
    differences: await tx.ledgerDifference.count({
      where: { tenantId, resolvedAt: null, acknowledgedAt: null },
    }),
    perSecond: Number(newest?.received ?? 0n) / 60,
    peak: peakOf(minutes),
    steps: stepsOf(minutes, at),
  };
}

function sumOf(minutes: readonly LedgerStep[], what: "received" | "unaccounted"): number {
  return Number(minutes.reduce((sum, minute) => sum + minute[what], 0n));
}

function peakOf(minutes: readonly LedgerStep[]): OverviewView["messages"]["peak"] {
  const busiest = minutes.reduce<LedgerStep | undefined>(
    (best, minute) => (best === undefined || minute.received > best.received ? minute : best),
    undefined,
  );
  if (busiest === undefined || busiest.received === 0n) return null;
  return { perSecond: Number(busiest.received) / 60, at: busiest.at.toISOString() };
}

/** Whole steps only: the one that is still filling would look like a drop. */
function stepsOf(minutes: readonly LedgerStep[], at: Window): OverviewView["messages"]["steps"] {
  const first = Math.ceil((at.now.getTime() - trafficMs) / stepMs) * stepMs;
  const count = Math.floor((at.now.getTime() - first) / stepMs);
  const steps = Array.from({ length: count }, (_, index) => ({
    at: first + index * stepMs,
    received: 0,
    stored: 0,
  }));
  for (const minute of minutes) {
    const step = steps[Math.floor((minute.at.getTime() - first) / stepMs)];
    if (step === undefined) continue;
    step.received += Number(minute.received) / (stepMs / 1_000);
    step.stored += Number(minute.stored) / (stepMs / 1_000);
  }
  return steps;
}

async function readDeadLetters(tx: Tx, at: Window): Promise<OverviewView["deadLetters"]> {
  const causes = await tx.deadLetter.groupBy({
    by: ["reason"],
    where: { tenantId: at.tenantId, receivedAt: { gte: at.since } },
    _count: true,
    _max: { receivedAt: true },
  });
  const newest = causes
    .flatMap((cause) => (cause._max.receivedAt === null ? [] : [cause._max.receivedAt.getTime()]))
    .toSorted((a, b) => b - a)[0];
  return {
    count: causes.reduce((sum, cause) => sum + cause._count, 0),
    causes: causes.length,
    newestAt: newest === undefined ? null : new Date(newest).toISOString(),
  };
}

async function readCertificates(tx: Tx, at: Window): Promise<OverviewView["certificates"]> {
  const weeks = await countCertificatesByWeek(tx, { ...at, weeks: certificateWeeks });
  return {
    expired: await countExpiredCertificates(tx, at),
    weeks: weeks.map((week) => ({ ...week, startsAt: week.startsAt.toISOString() })),
  };
}

async function readRefusals(tx: Tx, at: Window): Promise<readonly RecentRefusal[]> {
  const rows = await tx.refusedConnection.findMany({
    where: { tenantId: at.tenantId, lastAt: { gte: at.since } },
    orderBy: { lastAt: "desc" },
    take: shownRefusals,
    select: {
      id: true,
      claimedId: true,
      detail: true,
      remedy: true,
      remote: true,
      count: true,
      lastAt: true,
    },
  });
  return rows.map((row) => ({
    ...row,
    count: Number(row.count),
    lastAt: row.lastAt.toISOString(),
  }));
}
