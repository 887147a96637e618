"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { dashboardHref, dashboardQuery } from "#components/dashboard/dashboard-queries.ts";
import { DashboardGrid } from "#components/dashboard/dashboard-grid.tsx";
import { DashboardScopeProvider } from "#components/dashboard/dashboard-scope.tsx";
import { useDashboardChoice } from "#components/dashboard/use-dashboard-choice.ts";
import { useReferences } from "#components/dashboard/use-references.ts";
import { WallHeader } from "#components/dashboard/wall-header.tsx";
import { wallText as text } from "#components/strings/dashboard-widget.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { DashboardShown } from "#server/services/dashboard/view.ts";

/** How often a wall looks whether its dashboard was changed. */
const lookAgainMs = 60_000;

/** Dashboards on a wall: nothing around them, larger, awake, one after the other. */
export function WallView({
  first,
  others,
  everySeconds,
}: {
  readonly first: DashboardShown;
  /** Ids of those that follow. */
  readonly others: readonly string[];
  readonly everySeconds: number;
}) {
  const ids = [first.id, ...others];
  const [place, setPlace] = useState(0);
  const id = ids[place % ids.length] ?? first.id;
  const query = useQuery({
    ...dashboardQuery(id),
    ...(id === first.id && { initialData: first }),
    refetchInterval: lookAgainMs,
  });
  useEffect(() => {
    if (ids.length < 2) return;
    const timer = setInterval(() => setPlace((before) => before + 1), everySeconds * 1_000);
    return () => clearInterval(timer);
  }, [ids.length, everySeconds]);
  return (
    <main className="min-h-dvh bg-bg px-5 pt-3 pb-5" data-wall>
      <WallHeader
        name={query.data?.name ?? ""}
        back={dashboardHref(id)}
        {...(ids.length > 1 && {
          rotation: {
            place: (place % ids.length) + 1,
            of: ids.length,
            everySeconds,
            onNext: () => setPlace(place + 1),
          },
        })}
      />
      {query.isError && query.data === undefined && (
        <ErrorState title={text.gone}>{query.error.message}</ErrorState>
      )}
      {query.data !== undefined && (
        <Wall key={`${query.data.id} ${query.data.revision}`} dashboard={query.data} />
      )}
    </main>
  );
}

/** Larger than at a desk: it is read from across the room. */
const wallZoom = 1.25;

function Wall({
  dashboard: { content, references: known },
}: {
  readonly dashboard: DashboardShown;
}) {
  const { choice } = useDashboardChoice(content);
  const references = useReferences(content, known);
  // A wall that does not ask again would show the past as if it were now.
  const awake = {
    ...choice,
    refreshSeconds: choice.refreshSeconds === 0 ? 60 : choice.refreshSeconds,
  } as const;
  return (
    <DashboardScopeProvider variables={content.variables} choice={awake} references={references}>
      <div style={{ zoom: wallZoom }}>
        <DashboardGrid widgets={content.widgets} />
      </div>
    </DashboardScopeProvider>
  );
}
