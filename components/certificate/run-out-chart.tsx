import clsx from "clsx";
import Link from "next/link";
import type { CSSProperties } from "react";
import { runOutText as text } from "#components/strings/certificate-list.ts";
import { formatCount } from "#components/ui/format.ts";
import { certificatesHref } from "#server/domain/certificate-filter.ts";
import { livingStandings } from "#server/domain/certificate-standing.ts";
import { isoWeek } from "#server/domain/iso-week.ts";
import type { RunOut, RunOutWeek } from "#server/services/certificate/run-out.ts";

const heightPixels = 170;
/** However few there are, a week with some is to be seen. */
const leastPixels = 3;
const dayMs = 86_400_000;

/** Hatched: a renewal is planned. Full: nobody plans one. */
function fillOf(series: number, planned: boolean): CSSProperties {
  const colour = `var(--series-${series + 1})`;
  if (!planned) return { background: colour };
  return {
    background: `repeating-linear-gradient(135deg, ${colour} 0 1.5px, transparent 1.5px 4px)`,
    boxShadow: `inset 0 0 0 1px ${colour}`,
  };
}

/** How many of a week end, and of how many a renewal is planned. */
export function sumsOf({ counts }: RunOutWeek): {
  readonly total: number;
  readonly planned: number;
} {
  const planned = counts.reduce((sum, [count]) => sum + count, 0);
  return { planned, total: counts.reduce((sum, [, count]) => sum + count, planned) };
}

/** "Week 49, from 2026-11-30". */
export function weekTitle({ startsAt }: RunOutWeek): string {
  if (startsAt === null) return text.overTitle;
  return text.weekTitle(String(isoWeek(new Date(startsAt))), startsAt.slice(0, 10));
}

/** The certificates that end in the week. */
export function weekHref({ startsAt }: RunOutWeek): string {
  if (startsAt === null) return certificatesHref({ standings: ["expired"] });
  const sunday = new Date(new Date(startsAt).getTime() + 6 * dayMs).toISOString().slice(0, 10);
  return certificatesHref({
    from: startsAt.slice(0, 10),
    to: sunday,
    standings: [...livingStandings],
  });
}

/** Stacked bars of a year's weeks, those that are over first. Each bar leads to its certificates. */
export function RunOutChart({ chart }: { readonly chart: RunOut }) {
  const highest = Math.max(1, ...chart.weeks.map((week) => sumsOf(week).total));
  return (
    <>
      <div className="flex gap-2">
        <span
          aria-hidden
          className="flex flex-col justify-between text-right text-xs text-ink-3"
          style={{ height: heightPixels }}
        >
          <span>{formatCount(highest)}</span>
          <span>0</span>
        </span>
        <ol aria-label={text.title} className="flex min-w-0 flex-1 items-end gap-px sm:gap-1">
          {chart.weeks.map((week, index) => (
            <Week key={week.startsAt ?? "over"} week={week} index={index} highest={highest} />
          ))}
        </ol>
      </div>
      <Legend chart={chart} />
    </>
  );
}

function Week({
  week,
  index,
  highest,
}: {
  readonly week: RunOutWeek;
  readonly index: number;
  readonly highest: number;
}) {
  const { total, planned } = sumsOf(week);
  const label = text.barLabel(weekTitle(week), formatCount(total), formatCount(planned));
  const bar = (
    <span
      className="flex flex-col-reverse border-b border-line-strong group-hover:bg-sunken"
      style={{ height: heightPixels }}
    >
      <Stack week={week} highest={highest} />
    </span>
  );
  return (
    <li className={clsx("group min-w-0 flex-1", index === 0 && "mr-1 sm:mr-2")}>
      {total === 0 ? (
        <span aria-hidden>{bar}</span>
      ) : (
        <Link
          href={weekHref(week)}
          prefetch={false}
          aria-label={label}
          title={label}
          className="block"
        >
          {bar}
        </Link>
      )}
      <span aria-hidden className="relative mt-1.5 block h-4 text-xs whitespace-nowrap text-ink-3">
        <AxisWord week={week} index={index} />
      </span>
    </li>
  );
}

/** A word at every fourth week, on a phone at every twelfth. */
function AxisWord({ week, index }: { readonly week: RunOutWeek; readonly index: number }) {
  const place = "absolute left-1/2 -translate-x-1/2";
  if (week.startsAt === null)
    return <span className={clsx(place, "max-sm:left-0 max-sm:translate-x-0")}>{text.over}</span>;
  if (index % 4 !== 0) return null;
  return (
    <span className={clsx(place, index % 12 !== 0 && "max-sm:hidden")}>
      {text.week(String(isoWeek(new Date(week.startsAt))))}
    </span>
  );
}

function Stack({ week, highest }: { readonly week: RunOutWeek; readonly highest: number }) {
  return week.counts.flatMap((pair, series) =>
    pair.map((count, kind) =>
      count === 0 ? null : (
        <span
          // Series and kinds stand at fixed places.
          key={`${series}-${kind}`}
          className="shrink-0"
          style={{
            ...fillOf(series, kind === 0),
            height: Math.max(leastPixels, (count / highest) * (heightPixels - 6)),
          }}
        />
      ),
    ),
  );
}

function Legend({ chart }: { readonly chart: RunOut }) {
  const sum = (series: number) =>
    chart.weeks.reduce((all, { counts }) => {
      const [planned, unplanned] = counts[series] ?? [0, 0];
      return all + planned + unplanned;
    }, 0);
  return (
    <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-ink-2">
      {chart.series.map(({ id, label }, series) => (
        <li key={id} className="flex items-center gap-2">
          <span aria-hidden className="size-2.5 rounded-xs" style={fillOf(series, false)} />
          {label}
          <span className="-ml-0.5 font-semibold text-ink">{formatCount(sum(series))}</span>
        </li>
      ))}
      <li className="flex items-center gap-2" title={text.plannedWhy}>
        <span
          aria-hidden
          className="h-2.5 w-5 rounded-xs text-ink-3"
          style={{
            background:
              "repeating-linear-gradient(135deg, currentColor 0 1.5px, transparent 1.5px 4px)",
            boxShadow: "inset 0 0 0 1px currentColor",
          }}
        />
        {text.planned}
      </li>
      <li className="flex items-center gap-2">
        <span aria-hidden className="h-2.5 w-5 rounded-xs bg-ink-3" />
        {text.unplanned}
      </li>
    </ul>
  );
}
