import { z } from "zod";
import { countRunOut, type RunOutRow } from "#server/db/certificate-facets.ts";
import { countCertificates } from "#server/db/list-certificates.ts";
import { certificateKindNames } from "#server/domain/certificate-kind.ts";
import { certificateFilterSchema } from "#server/domain/certificate-filter-schema.ts";
import { commonNameOf } from "#server/domain/distinguished-name.ts";
import { seesInstallation } from "#server/services/certificate/sees-installation.ts";
import { createKeeper } from "#server/services/keep.ts";
import { defineQuery } from "#server/services/query.ts";

const runOutWeeks = 52;
const dayMs = 86_400_000;
/** As many as there are colours; the rest is one more. */
const shownSeries = 6;
const countBound = 10_000;

export type RunOutSeries = {
  readonly id: string;
  readonly label: string;
  /** What a link filters by; absent where the series is several of them. */
  readonly filter?: {
    readonly profileIds?: readonly string[];
    readonly issuers?: readonly string[];
    readonly kinds?: readonly string[];
  };
};

export type RunOutWeek = {
  /** Monday, midnight UTC; null: those that have ended. */
  readonly startsAt: string | null;
  /** `[planned, unplanned]` of each series: planned means renewed by itself or by a running campaign. */
  readonly counts: readonly (readonly [planned: number, unplanned: number])[];
};

export type RunOut = {
  readonly by: "profile" | "issuer";
  readonly series: readonly RunOutSeries[];
  /** First those that have ended, then 52 weeks from the present one on. */
  readonly weeks: readonly RunOutWeek[];
  /** Each counted up to 10 000. */
  readonly beforeContact: number;
  readonly byPeopleSoon: number;
  readonly lateRenewals: number;
};

const keptRunOut = createKeeper(
  async ({ ctx, tx }) => {
    const now = ctx.now();
    const at = { tenantId: ctx.tenantId, now, installation: seesInstallation(ctx) };
    const startsAt = mondayOf(now);
    const count = (filter: z.input<typeof certificateFilterSchema>) =>
      countCertificates(tx, {
        ...at,
        filter: certificateFilterSchema.parse(filter),
        bound: countBound,
      });
    return {
      startsAt,
      rows: await countRunOut(tx, { ...at, startsAt, weeks: runOutWeeks }),
      beforeContact: await count({ beforeContact: true }),
      byPeopleSoon: await count({ standings: ["renew_soon"], withinDays: 30 }),
      lateRenewals: await count({ kinds: ["device"], standings: ["overdue", "critical"] }),
    };
  },
  { apart: (ctx) => String(seesInstallation(ctx)) },
);

/** When everything runs out: week by week, by profile or by issuer, planned renewals apart. */
export const certificateRunOut = defineQuery({
  name: "certificate.runOut",
  can: "certificate.view",
  input: z.object({ by: z.enum(["profile", "issuer"]).default("profile") }),
  run: async ({ ctx, tx, input }): Promise<RunOut> => {
    const { tenantId } = ctx;
    const counted = await keptRunOut({ ctx, tx });
    const profiles = await tx.profile.findMany({
      where: { tenantId },
      select: { id: true, name: true },
    });
    const { startsAt, rows, ...sums } = counted;
    const names = new Map(profiles.map(({ id, name }) => [id, name]));
    return { by: input.by, ...chartOf(rows, { startsAt, by: input.by, names }), ...sums };
  },
});

function mondayOf(now: Date): Date {
  const day = (now.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - day));
}

type By = {
  readonly startsAt: Date;
  readonly by: RunOut["by"];
  readonly names: ReadonlyMap<string, string>;
};

/** Under which series a row falls. */
function seriesOf(row: RunOutRow, { by, names }: By): RunOutSeries {
  if (by === "issuer" && row.issuer !== "") {
    return {
      id: `issuer:${row.issuer}`,
      label: commonNameOf(row.issuer),
      filter: { issuers: [row.issuer] },
    };
  }
  if (by === "profile" && row.profileId !== null) {
    return {
      id: `profile:${row.profileId}`,
      label: names.get(row.profileId) ?? row.profileId,
      filter: { profileIds: [row.profileId] },
    };
  }
  return {
    id: `kind:${row.kind}`,
    label: certificateKindNames[row.kind],
    filter: { kinds: [row.kind] },
  };
}

const otherSeries: RunOutSeries = { id: "other", label: "Others" };

function chartOf(rows: readonly RunOutRow[], at: By): Pick<RunOut, "series" | "weeks"> {
  const placed = rows.map((row) => ({ row, series: seriesOf(row, at) }));
  const sums = new Map<string, { readonly series: RunOutSeries; count: number }>();
  for (const { row, series } of placed) {
    const sum = sums.get(series.id) ?? { series, count: 0 };
    sum.count += row.count;
    sums.set(series.id, sum);
  }
  const largest = [...sums.values()]
    .toSorted((left, right) => right.count - left.count)
    .map(({ series }) => series);
  const shown =
    largest.length <= shownSeries + 1 ? largest : [...largest.slice(0, shownSeries), otherSeries];
  const places = new Map(shown.map(({ id }, place) => [id, place]));
  const weeks: { startsAt: string | null; counts: [number, number][] }[] = Array.from(
    { length: runOutWeeks + 1 },
    (_, index) => ({
      startsAt:
        index === 0
          ? null
          : new Date(at.startsAt.getTime() + (index - 1) * 7 * dayMs).toISOString(),
      counts: shown.map(() => [0, 0]),
    }),
  );
  for (const { row, series } of placed) {
    const pair = weeks[row.week + 1]?.counts[places.get(series.id) ?? shown.length - 1];
    if (pair !== undefined) pair[row.plan === null ? 1 : 0] += row.count;
  }
  return { series: shown, weeks };
}
