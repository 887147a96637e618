"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { SeverityBadge, severityTones } from "#components/alert/alert-badges.tsx";
import { alertCountsQuery } from "#components/alert/alert-queries.ts";
import { alertText } from "#components/strings/alert.ts";
import { useHydrated } from "#components/ui/clock.tsx";
import { StateDot } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import { severities, severityNames } from "#server/domain/alert.ts";

/**
 * Undefined until they are there. A part of the page that comes alive after another one has fetched
 * them must first be what the server made of it.
 */
function useAlertCounts() {
  const { data } = useQuery(alertCountsQuery);
  return useHydrated() ? data : undefined;
}

/** The number of open alerts beside the navigation's word; nothing when there are none. */
export function OpenAlertsBadge() {
  const counts = useAlertCounts();
  if (counts === undefined || counts.open === 0) return null;
  const count = formatCount(counts.open);
  return (
    <span
      className={`ml-auto rounded-sm px-1.5 text-xs font-medium ${counts.bySeverity.critical > 0 ? "bg-bad-soft text-bad" : "bg-warn-soft text-warn"}`}
    >
      <span aria-hidden>{count}</span>
      <span className="sr-only">{alertText.openCount(count)}</span>
    </span>
  );
}

/** How many stand, by severity, in one line. */
export function AlertCountsLine({ fallback }: { readonly fallback: string }) {
  const counts = useAlertCounts();
  if (counts === undefined || counts.open + counts.acknowledged === 0) return fallback;
  return (
    <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
      {severities.toReversed().map((severity) => (
        <span key={severity} className="inline-flex items-center gap-1.5">
          <StateDot tone={severityTones[severity]} />
          {alertText.openOf(formatCount(counts.bySeverity[severity]), severityNames[severity])}
        </span>
      ))}
      <span>{alertText.acknowledgedCount(formatCount(counts.acknowledged))}</span>
    </span>
  );
}

/** One line of the open alerts on the overview; nothing when there are none. */
export function OpenAlertsRow() {
  const counts = useAlertCounts();
  if (counts === undefined || counts.open === 0) return null;
  return (
    <section
      aria-label={alertText.title}
      className="flex flex-wrap items-center gap-x-5 gap-y-1 rounded border border-line bg-surface px-3.5 py-2"
    >
      <Link href="/alerts?state=open" className="font-medium text-ink underline hover:no-underline">
        {counts.open === 1 ? alertText.openAlert : alertText.openAlerts(formatCount(counts.open))}
      </Link>
      {severities
        .toReversed()
        .filter((severity) => counts.bySeverity[severity] > 0)
        .map((severity) => (
          <Link
            key={severity}
            href={`/alerts?state=open&severity=${severity}`}
            className="inline-flex items-center gap-1.5 text-ink-2 hover:underline"
          >
            <SeverityBadge severity={severity} />
            {formatCount(counts.bySeverity[severity])}
          </Link>
        ))}
    </section>
  );
}
