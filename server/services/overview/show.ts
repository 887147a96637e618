import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { countCertificateEnds } from "#server/db/count-certificate-ends.ts";
import { countPresences } from "#server/db/count-presences.ts";
import { findQuietGateways, type QuietGateway } from "#server/db/find-quiet-gateways.ts";
import { sumLedgerByStep, type LedgerStep } from "#server/db/sum-ledger.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { ReadinessItem } from "#server/domain/readiness.ts";
import { may } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import { createKeeper } from "#server/services/keep.ts";
import {
  readCampaignsInFlight,
  type CampaignInFlight,
} from "#server/services/overview/campaigns.ts";
import { readReadiness } from "#server/services/overview/readiness.ts";
import { readStores, type StoresInBrief } from "#server/services/overview/stores.ts";
import { defineQuery } from "#server/services/query.ts";
import { runsInstallation } from "#server/services/tls/internal.ts";

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
  /** Null: the role does not see them. */
  readonly deadLetters: {
    readonly count: number;
    readonly causes: number;
    readonly newestAt: string | null;
  } | null;
  readonly certificates: {
    readonly expired: number;
    readonly weeks: readonly {
      readonly startsAt: string;
      readonly soon: number;
      readonly later: number;
    }[];
  };
  readonly refusals: readonly RecentRefusal[];
  /** Rotation campaigns that have begun and have not ended; at most five. */
  readonly campaigns: readonly CampaignInFlight[];
  /** Parts of the installation, with what the caller may see of them. */
  readonly readiness: readonly ReadinessItem[];
  /** Null: they are not for the caller's role, or not for its organisation. */
  readonly stores: StoresInBrief | null;
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

/** What is counted over the whole fleet or a whole day: some minutes old at most. */
const keptFleet = createKeeper(async ({ ctx: { tenantId }, tx }) => ({
  presences: await countPresences(tx, { tenantId }),
  quietGateways: await findQuietGateways(tx, { tenantId, most: shownGateways }),
}));
const keptCertificates = createKeeper(async ({ ctx, tx }) =>
  readCertificates(tx, { tenantId: ctx.tenantId, now: ctx.now() }),
);
const keptMinutes = createKeeper(async ({ ctx, tx }) => readMinutes(tx, windowOf(ctx)));
const keptStores = createKeeper(async ({ ctx, tx }) => readStores(tx, ctx.now()));
const keptCampaigns = createKeeper(async ({ ctx: { tenantId }, tx }) =>
  readCampaignsInFlight(tx, { tenantId }),
);

export const showOverview = defineQuery({
  name: "overview.show",
  can: "fleet.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<OverviewView> => {
    const at = windowOf(ctx);
    const readiness = await readReadiness(ctx, tx);
    return {
      at: at.now.toISOString(),
      ...(await keptFleet({ ctx, tx })),
      messages: await readMessages(tx, at, await keptMinutes({ ctx, tx })),
      deadLetters: may(ctx.role, "deadLetter.view") ? await readDeadLetters(tx, at) : null,
      certificates: await keptCertificates({ ctx, tx }),
      refusals: await readRefusals(tx, at),
      campaigns: await keptCampaigns({ ctx, tx }),
      readiness,
      stores: (await maySeeStores(ctx, tx)) ? await keptStores({ ctx, tx }) : null,
      workers: readiness.find((item) => item.id === "workers")?.workers ?? 0,
    };
  },
});

function windowOf(ctx: Context): Window {
  const now = ctx.now();
  return { tenantId: ctx.tenantId, now, since: new Date(now.getTime() - dayMs) };
}

async function maySeeStores(ctx: Context, tx: Tx): Promise<boolean> {
  return may(ctx.role, "storage.view") && runsInstallation(tx, ctx);
}

type Window = { readonly tenantId: string; readonly now: Date; readonly since: Date };

async function readMinutes(
  tx: Tx,
  { tenantId, now, since: from }: Window,
): Promise<readonly LedgerStep[]> {
  const to = new Date(now.getTime() + minuteMs);
  return sumLedgerByStep(tx, { tenantId, from, to, stepMinutes: 1 });
}

async function readMessages(
  tx: Tx,
  at: Window,
  minutes: readonly LedgerStep[],
): Promise<OverviewView["messages"]> {
  const newestWhole = Math.floor(at.now.getTime() / minuteMs) * minuteMs - minuteMs;
  const newest = minutes.find((minute) => minute.at.getTime() === newestWhole);
  return {
    received: sumOf(minutes, "received"),
    unaccounted: sumOf(minutes, "unaccounted"),
    differences: await tx.ledgerDifference.count({
      where: { tenantId: at.tenantId, resolvedAt: null, acknowledgedAt: null },
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

async function readDeadLetters(
  tx: Tx,
  at: Window,
): Promise<NonNullable<OverviewView["deadLetters"]>> {
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

async function readCertificates(
  tx: Tx,
  at: Omit<Window, "since">,
): Promise<OverviewView["certificates"]> {
  const ends = await countCertificateEnds(tx, { ...at, weeks: certificateWeeks });
  const monday = mondayOf(at.now);
  const ended = ends.find(({ week }) => week === -1);
  return {
    expired: ended?.soon ?? 0,
    weeks: Array.from({ length: certificateWeeks }, (_, week) => {
      const { soon, later } = ends.find((each) => each.week === week) ?? { soon: 0, later: 0 };
      return { startsAt: new Date(monday + week * 7 * dayMs).toISOString(), soon, later };
    }),
  };
}

/** Midnight UTC of the week's Monday, epoch milliseconds. 1 January 1970 was a Thursday. */
function mondayOf(now: Date): number {
  const days = Math.floor(now.getTime() / dayMs);
  return (days - ((days + 3) % 7)) * dayMs;
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
