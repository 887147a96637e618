import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { WallView } from "#components/dashboard/wall-view.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { dashboardListText } from "#components/strings/dashboard.ts";
import { may } from "#server/domain/roles.ts";
import { dashboardRefSchema } from "#server/services/dashboard/schemas.ts";
import { showDashboard } from "#server/services/dashboard/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: dashboardListText.title };

/** `rotate`: ids of further dashboards; `every`: seconds for each. What is mangled is left out. */
const search = z.object({
  rotate: z
    .string()
    .transform((text) => text.split(",").filter((id) => z.uuid().safeParse(id).success))
    .transform((ids) => ids.slice(0, 20))
    .catch([]),
  every: z.coerce.number().int().min(10).max(3_600).catch(60),
});

type Props = {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function WallPage({ params, searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "telemetry.view")) return <NoPermission />;
  const asked = dashboardRefSchema.safeParse({ dashboardId: (await params).id });
  if (!asked.success) notFound();
  const { rotate, every } = search.parse(await searchParams);
  const first = await found(showDashboard(ctx, asked.data));
  return <WallView first={first} others={rotate} everySeconds={every} />;
}
