"use client";
import { instantText } from "#components/charts/annotation-words.ts";
import type { Series, SeriesPoint } from "#components/charts/series.ts";
import { valueWords, withUnit } from "#components/charts/summary.ts";
import { chartText } from "#components/strings/charts.ts";

export type ReadoutRow = {
  readonly series: Series;
  readonly point: SeriesPoint;
  readonly colour: string;
};

const width = 232;
/** More rows would cover the chart. */
const mostRows = 10;

function isBand({ min, max }: SeriesPoint): boolean {
  return typeof min === "number" && typeof max === "number" && min !== max;
}

/** The values at the crosshair, beside it and never outside of the plot. */
export function Readout({
  at,
  rows,
  x,
  area,
  unit,
}: {
  readonly at: number;
  readonly rows: readonly ReadoutRow[];
  readonly x: number;
  readonly area: { readonly x: number; readonly y: number; readonly width: number };
  readonly unit?: string;
}) {
  const left = x + width + 14 > area.x + area.width ? x - width - 10 : x + 10;
  const shown = rows.slice(0, mostRows);
  return (
    <foreignObject
      x={Math.max(0, left)}
      y={area.y}
      width={width}
      height={30 + shown.length * 40}
      className="pointer-events-none overflow-visible"
    >
      <div className="rounded border border-line bg-surface px-2.5 py-1.5 text-sm shadow-float">
        <p className="text-xs text-ink-3">{instantText(at)}</p>
        {shown.map(({ series, point, colour }) => {
          const own = series.unit ?? unit;
          return (
            <div
              key={series.id}
              className="grid grid-cols-[auto_1fr_auto] items-baseline gap-x-1.5"
            >
              <span aria-hidden className="size-2 rounded-xs" style={{ background: colour }} />
              <span className="truncate text-ink-2">{series.label}</span>
              <span className="font-medium whitespace-nowrap text-ink">
                {valueWords(series, point.v ?? 0, own)}
              </span>
              {isBand(point) && series.isSwitch !== true && series.filled !== true && (
                <span className="col-span-2 col-start-2 text-right text-xs text-ink-3">
                  {chartText.range(
                    withUnit(point.min ?? 0, undefined),
                    withUnit(point.max ?? 0, undefined),
                  )}
                </span>
              )}
            </div>
          );
        })}
        {rows.length > shown.length && (
          <p className="text-xs text-ink-3">{chartText.moreRows(rows.length - shown.length)}</p>
        )}
      </div>
    </foreignObject>
  );
}
