import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { DashboardPage } from "#components/dashboard/dashboard-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { dashboardListText } from "#components/strings/dashboard.ts";
import { may } from "#server/domain/roles.ts";
import { dashboardRefSchema } from "#server/services/dashboard/schemas.ts";
import { showDashboard } from "#server/services/dashboard/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly edit?: string | string[] }>;
};

/** Once for the page and its title. */
const dashboardOf = cache(async (id: string) => {
  const ctx = await requireSession();
  const asked = dashboardRefSchema.safeParse({ dashboardId: id });
  if (!asked.success) notFound();
  return found(showDashboard(ctx, asked.data));
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { role } = await requireSession();
  if (!may(role, "telemetry.view")) return { title: dashboardListText.title };
  return { title: (await dashboardOf((await params).id)).name };
}

export default async function OneDashboardPage({ params, searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "telemetry.view")) return <NoPermission />;
  const { id } = await params;
  const { edit } = await searchParams;
  const first = await dashboardOf(id);
  return (
    <DashboardPage
      key={first.id}
      first={first}
      mayEdit={may(ctx.role, "dashboard.edit")}
      startEditing={edit === "1"}
    />
  );
}
