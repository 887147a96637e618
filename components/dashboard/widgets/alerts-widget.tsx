"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { SeverityBadge } from "#components/alert/alert-badges.tsx";
import { everyMsOf, useScope } from "#components/dashboard/dashboard-scope.tsx";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { selectionAlertsQuery } from "#components/dashboard/dashboard-queries.ts";
import type { WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { ScrollArea } from "#components/dashboard/widgets/scroll-area.tsx";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { WidgetOf } from "#server/domain/dashboard.ts";

/** Alerts come without a refresh of the charts: so often at least. */
const leastEveryMs = 30_000;

/** Alerts that stand about the selection, newest first. */
export function AlertsWidget({ widget, devices, active }: WidgetInput<WidgetOf<"alerts">>) {
  const { choice } = useScope();
  const { severities, limit } = widget;
  const every = everyMsOf(choice) || leastEveryMs;
  const query = useQuery({
    ...selectionAlertsQuery({ devices, severities, limit }, active && every),
    enabled: active,
  });
  const waiting = waitingFor(query);
  if (waiting !== undefined) return waiting;
  const alerts = query.data ?? [];
  if (alerts.length === 0) return <Hollow title={widgetText.noAlerts} />;
  return (
    <div className="flex h-full flex-col">
      <ScrollArea label={widgetTitle(widget)}>
        <ul>
          {alerts.map(({ id, severity, title, lastAt }) => (
            <li
              key={id}
              className="flex items-center gap-2.5 border-b border-line py-1.5 last:border-b-0"
            >
              <SeverityBadge severity={severity} />
              <Link
                href={`/alerts/${encodeURIComponent(id)}`}
                className="min-w-0 flex-1 truncate hover:underline"
                title={title}
              >
                {title}
              </Link>
              <span className="text-sm text-ink-3">
                <RelativeTime value={lastAt} />
              </span>
            </li>
          ))}
        </ul>
      </ScrollArea>
      <StaleNote query={query} />
    </div>
  );
}
