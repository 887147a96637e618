"use client";
import { useQuery } from "@tanstack/react-query";
import { restore } from "#app/(console)/dashboards/actions.ts";
import { versionsQuery } from "#components/dashboard/dashboard-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { historyText as text } from "#components/strings/dashboard.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DashboardVersionSummary, DashboardView } from "#server/services/dashboard/view.ts";

/** The versions of a dashboard in words, and the way back to each. */
export function HistoryDrawer({
  dashboard,
  onRestored,
  onClose,
}: {
  readonly dashboard: DashboardView;
  readonly onRestored: () => void;
  readonly onClose: () => void;
}) {
  const query = useQuery(versionsQuery(dashboard.id));
  const { busy, change } = useChange(restore, (_, { version }) => ({
    title: text.restored(Number(version)),
  }));
  async function goBack({ version }: DashboardVersionSummary) {
    const { id: dashboardId, revision } = dashboard;
    if (await change({ dashboardId, revision, version })) onRestored();
  }
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.title}
      description={text.description}
    >
      {query.isError && (
        <ErrorState title={text.failed} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      )}
      {query.isPending && <Skeleton className="h-40 w-full" />}
      <ol>
        {query.data?.map((version, index) => (
          <Version
            key={version.version}
            version={version}
            isNow={index === 0}
            isOldest={index === query.data.length - 1}
            {...(dashboard.mayChange &&
              index > 0 && { busy, onRestore: () => void goBack(version) })}
          />
        ))}
      </ol>
    </Drawer>
  );
}

function Version({
  version,
  isNow,
  isOldest,
  busy = false,
  onRestore,
}: {
  readonly version: DashboardVersionSummary;
  readonly isNow: boolean;
  readonly isOldest: boolean;
  readonly busy?: boolean;
  readonly onRestore?: () => void;
}) {
  const { note, at, by, changes } = version;
  return (
    <li className="border-b border-line py-3 last:border-b-0" data-version={version.version}>
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-semibold">{text.version(version.version)}</span>
        {isNow && <StateBadge tone="accent">{text.now}</StateBadge>}
        <span className="min-w-0 flex-1 truncate text-sm text-ink-3">
          <RelativeTime value={at} /> · {by}
        </span>
        {onRestore !== undefined && (
          <Button size="sm" busy={busy} onClick={onRestore}>
            {text.restore}
          </Button>
        )}
      </div>
      {note !== "" && <p className="mt-1 text-ink">{note}</p>}
      <ul className="mt-1 list-disc pl-5 text-ink-2">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
        {changes.length === 0 && <li>{isOldest ? text.first : text.noChange}</li>}
      </ul>
    </li>
  );
}
