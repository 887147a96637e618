"use client";
import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { dashboardQuery, dashboardsKey } from "#components/dashboard/dashboard-queries.ts";
import { DashboardViewer } from "#components/dashboard/dashboard-viewer.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { DashboardShown } from "#server/services/dashboard/view.ts";

// Dragging and the forms are fetched when somebody edits.
const DashboardEditor = dynamic(
  () => import("#components/dashboard/dashboard-editor.tsx").then((file) => file.DashboardEditor),
  { ssr: false, loading: () => <Skeleton className="h-96 w-full opacity-40" /> },
);

/** A dashboard to look at, and to edit. */
export function DashboardPage({
  first,
  mayEdit,
  startEditing,
}: {
  readonly first: DashboardShown;
  /** The role includes dashboards. */
  readonly mayEdit: boolean;
  /** It was just made. */
  readonly startEditing: boolean;
}) {
  const client = useQueryClient();
  const [dashboard, setDashboard] = useState(first);
  const [isEditing, setEditing] = useState(startEditing && first.mayChange);
  async function reload() {
    await client.invalidateQueries({ queryKey: dashboardsKey });
    setDashboard(await client.fetchQuery({ ...dashboardQuery(first.id), staleTime: 0 }));
  }
  return isEditing ? (
    <DashboardEditor
      dashboard={dashboard}
      onSaved={(saved) => {
        setDashboard(saved);
        void client.invalidateQueries({ queryKey: dashboardsKey });
      }}
      onDone={() => {
        forgetEdit();
        setEditing(false);
      }}
    />
  ) : (
    <DashboardViewer
      dashboard={dashboard}
      mayEdit={mayEdit}
      onEdit={() => setEditing(true)}
      onChanged={() => void reload()}
    />
  );
}

/** A reload after editing shows the dashboard again, not its editor. */
function forgetEdit() {
  const url = new URL(window.location.href);
  url.searchParams.delete("edit");
  window.history.replaceState(null, "", `${url.pathname}${url.search}`);
}
