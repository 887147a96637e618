import Link from "next/link";
import { overviewText } from "#components/strings/overview.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { RecentRefusal } from "#server/services/overview/show.ts";

/** Who was not let in, why, and what helps. */
export function RefusalsCard({ refusals }: { readonly refusals: readonly RecentRefusal[] }) {
  return (
    <Card labelledBy="overview-refusals">
      <CardHeader
        id="overview-refusals"
        title={overviewText.refusals}
        aside={
          <Link href="/refused?range=24h" className="text-accent hover:underline">
            {overviewText.refusalsAll}
          </Link>
        }
      />
      {refusals.length === 0 ? (
        <p className="px-3.5 py-14 text-center text-ink-2">{overviewText.refusalsNone}</p>
      ) : (
        <ul>
          {refusals.map((refusal) => (
            <li key={refusal.id} className="border-b border-line px-3.5 py-2.5 last:border-b-0">
              <p className="flex items-baseline gap-3">
                <span className="min-w-0 flex-1 font-medium wrap-anywhere text-ink">
                  {refusal.claimedId === "" ? (
                    <span className="text-ink-2">{overviewText.refusalUnnamed}</span>
                  ) : (
                    refusal.claimedId
                  )}
                  <span className="ml-2 font-normal text-ink-3">
                    {overviewText.refusalFrom(refusal.remote)}
                  </span>
                </span>
                <span className="shrink-0 text-sm text-ink-3">
                  {refusal.count > 1 && (
                    <span className="mr-2">
                      {overviewText.refusalTimes(formatCount(refusal.count))}
                    </span>
                  )}
                  <RelativeTime value={refusal.lastAt} />
                </span>
              </p>
              <p className="mt-0.5 text-ink-2 wrap-anywhere">{refusal.detail}</p>
              <p className="text-sm text-ink-3 wrap-anywhere">{refusal.remedy}</p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
