import clsx from "clsx";
import { formatCount } from "#components/ui/format.ts";

export type BarSeries = {
  readonly id: string;
  readonly label: string;
  readonly tone: "accent" | "ok" | "warn" | "bad";
};
/** `values[i]` belongs to `series[i]`; they are stacked from the bottom. */
export type Bar = {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly values: readonly number[];
};

const fills = { accent: "bg-accent", ok: "bg-ok", warn: "bg-warn", bad: "bg-bad" } as const;

/** Room for the total above the highest bar. */
const totalPixels = 22;

/** Stacked bars with their totals above and the series' words and sums below. Reads as a table. */
export function Bars({
  label,
  series,
  bars,
  heightPixels = 130,
  showTotals = true,
}: {
  readonly label: string;
  readonly series: readonly BarSeries[];
  readonly bars: readonly Bar[];
  readonly heightPixels?: number;
  /** Numbers above the bars: without them where there are too many bars. */
  readonly showTotals?: boolean;
}) {
  const totals = bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0));
  const highest = Math.max(1, ...totals);
  return (
    <div>
      <ol aria-label={label} className="flex items-end gap-1.5 sm:gap-3">
        {bars.map((bar, index) => (
          <li key={bar.id} className="group flex min-w-0 flex-1 flex-col items-stretch">
            <span className="sr-only">{bar.title}</span>
            <span aria-hidden title={bar.title} className="flex flex-col">
              <span
                className="flex flex-col-reverse gap-px border-b border-line-strong"
                style={{ height: heightPixels }}
              >
                {series.map((each, place) => (
                  <span
                    key={each.id}
                    className={fills[each.tone]}
                    style={{
                      height: ((bar.values[place] ?? 0) / highest) * (heightPixels - totalPixels),
                    }}
                  />
                ))}
                <span className="text-center text-xs text-ink-2">
                  {!showTotals || totals[index] === 0 ? "" : formatCount(totals[index] ?? 0)}
                </span>
              </span>
              <span className="mt-1.5 flex justify-center text-xs whitespace-nowrap text-ink-3 max-sm:group-even:invisible">
                {bar.label}
              </span>
            </span>
          </li>
        ))}
      </ol>
      <ul className="mt-4 flex flex-wrap gap-x-5 gap-y-1">
        {series.map((each, place) => (
          <li key={each.id} className="flex items-center gap-2 text-ink-2">
            <span aria-hidden className={clsx("size-2.5 rounded-xs", fills[each.tone])} />
            {each.label}
            <span className="-ml-0.5 font-semibold text-ink">
              {formatCount(bars.reduce((sum, bar) => sum + (bar.values[place] ?? 0), 0))}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
