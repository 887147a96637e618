import { workbenchText } from "#components/strings/workbench.ts";
import { formatCount } from "#components/ui/format.ts";

/** Hourly counts as small bars, oldest first; assistive technology hears the sum. */
export function Trend({
  hours,
  heightPixels = 20,
}: {
  readonly hours: readonly { readonly at: string; readonly count: number }[];
  readonly heightPixels?: number;
}) {
  const highest = Math.max(1, ...hours.map(({ count }) => count));
  const sum = hours.reduce((total, { count }) => total + count, 0);
  const words = workbenchText.trendSum(formatCount(sum));
  return (
    <span className="inline-flex items-end gap-px border-b border-line-strong" title={words}>
      <span className="sr-only">{words}</span>
      {hours.map(({ at, count }) => (
        <span
          key={at}
          aria-hidden
          className={count === 0 ? "w-0.75" : "w-0.75 bg-accent"}
          // A single letter among thousands is still seen.
          style={{ height: count === 0 ? 0 : Math.max(2, (count / highest) * heightPixels) }}
        />
      ))}
    </span>
  );
}
