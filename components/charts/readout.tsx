"use client";
import { memo } from "react";
import { instantText } from "#components/charts/annotation-words.ts";
import type { LiveTail } from "#components/charts/live-tail.ts";
import { rowsAt } from "#components/charts/rows-at.ts";
import type { Series, SeriesPoint } from "#components/charts/series.ts";
import { valueWords, withUnit } from "#components/charts/summary.ts";
import { useSeldom } from "#components/charts/use-seldom.ts";
import { chartText } from "#components/strings/charts.ts";

const width = 232;
/** More rows would cover the chart. */
const mostRows = 10;
/** The box goes with the pointer; nobody reads its numbers faster than this. */
const everyMs = 100;

function isBand({ min, max }: SeriesPoint): boolean {
  return typeof min === "number" && typeof max === "number" && min !== max;
}

type Values = {
  readonly at: number;
  readonly series: readonly Series[];
  readonly tail: LiveTail | undefined;
  readonly unit: string | undefined;
};

/** The values at the crosshair, beside it and never outside of the plot. */
export function Readout({
  at,
  x,
  area,
  ...values
}: Values & {
  readonly x: number;
  readonly area: { readonly x: number; readonly y: number; readonly width: number };
}) {
  const told = useSeldom(at, everyMs);
  const left = x + width + 14 > area.x + area.width ? x - width - 10 : x + 10;
  return (
    <div
      className="absolute top-0 left-0 z-1 contain-content rounded border border-line bg-surface px-2.5 py-1.5 text-sm shadow-float will-change-transform"
      style={{ width, transform: `translate(${Math.max(0, Math.round(left))}px,${area.y}px)` }}
    >
      <Rows at={told} {...values} />
    </div>
  );
}

const Rows = memo(function Rows({ at, series, tail, unit }: Values) {
  const rows = rowsAt(series, tail, at);
  const shown = rows.slice(0, mostRows);
  return (
    <>
      <p className="text-xs text-ink-3">{instantText(at)}</p>
      {rows.length === 0 && <p className="text-ink-3">{chartText.noData}</p>}
      {shown.map(({ series: each, point, colour }) => (
        <Row
          key={each.id}
          label={each.label}
          colour={colour}
          value={valueWords(each, point.v ?? 0, each.unit ?? unit)}
          band={bandWords(each, point)}
        />
      ))}
      {rows.length > shown.length && (
        <p className="text-xs text-ink-3">{chartText.moreRows(rows.length - shown.length)}</p>
      )}
    </>
  );
});

/** The spread behind a value; empty where there is none. */
function bandWords(series: Series, point: SeriesPoint): string {
  if (!isBand(point) || series.isSwitch === true || series.filled === true) return "";
  return chartText.range(withUnit(point.min ?? 0, undefined), withUnit(point.max ?? 0, undefined));
}

const Row = memo(function Row({
  label,
  colour,
  value,
  band,
}: {
  readonly label: string;
  readonly colour: string;
  readonly value: string;
  readonly band: string;
}) {
  return (
    <>
      <div className="flex items-baseline gap-x-1.5">
        <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: colour }} />
        <span className="min-w-0 flex-1 truncate text-ink-2">{label}</span>
        <span className="shrink-0 font-medium whitespace-nowrap text-ink">{value}</span>
      </div>
      {band !== "" && <div className="text-right text-xs text-ink-3">{band}</div>}
    </>
  );
});
