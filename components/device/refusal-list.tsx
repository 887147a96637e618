import { deviceText } from "#components/strings/device-page.ts";
import { StateDot } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { Refusal } from "#server/services/device/refusals.ts";

/** Why connections were refused, in words, with what to do. */
export function RefusalList({ refusals }: { readonly refusals: readonly Refusal[] }) {
  return (
    <ul className="divide-y divide-line">
      {refusals.map((refusal) => (
        <li key={refusal.id} className="flex gap-3 px-3.5 py-2.5 wrap-anywhere">
          <StateDot tone="bad" className="mt-2" />
          <div className="min-w-0 flex-1">
            <p className="text-ink">{refusal.detail}</p>
            <p className="text-ink-2">{refusal.remedy}</p>
          </div>
          <p className="shrink-0 text-right text-sm text-ink-3 max-sm:hidden">
            <RelativeTime value={refusal.lastAt} />,{" "}
            {deviceText.refusalTimes(formatCount(refusal.count))}
            <br />
            {deviceText.refusalFrom(refusal.remote)}
          </p>
        </li>
      ))}
    </ul>
  );
}
