import type { Metadata } from "next";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { workText } from "#components/strings/work.ts";
import { WorkList } from "#components/work/work-list.tsx";
import { may } from "#server/domain/roles.ts";
import { listWork } from "#server/services/work/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: workText.title };

export default async function WorkPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "fleet.view")) return <NoPermission />;
  return <WorkList first={await listWork(ctx, {})} />;
}
