import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ReadyMadePage } from "#components/dashboard/ready-made-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { dashboardListText } from "#components/strings/dashboard.ts";
import { may } from "#server/domain/roles.ts";
import { showReadyMade } from "#server/services/dashboard/ready-made.ts";
import { readyMadeRefSchema } from "#server/services/dashboard/schemas.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: dashboardListText.readyMade };

type Props = { readonly params: Promise<{ readonly profileId: string }> };

export default async function ProfileDashboardPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "telemetry.view")) return <NoPermission />;
  const asked = readyMadeRefSchema.safeParse(await params);
  if (!asked.success) notFound();
  const readyMade = await found(showReadyMade(ctx, asked.data));
  return <ReadyMadePage readyMade={readyMade} mayEdit={may(ctx.role, "dashboard.edit")} />;
}
