import type { Metadata } from "next";
import { DashboardList } from "#components/dashboard/dashboard-list.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { dashboardListText } from "#components/strings/dashboard.ts";
import { may } from "#server/domain/roles.ts";
import { listReadyMade } from "#server/services/dashboard/list-ready-made.ts";
import { listDashboards } from "#server/services/dashboard/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: dashboardListText.title };

export default async function DashboardsPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "telemetry.view")) return <NoPermission />;
  const [first, readyMade] = await Promise.all([listDashboards(ctx, {}), listReadyMade(ctx, {})]);
  return (
    <DashboardList first={first} readyMade={readyMade} mayEdit={may(ctx.role, "dashboard.edit")} />
  );
}
