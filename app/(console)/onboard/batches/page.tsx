import type { Metadata } from "next";
import { BatchList } from "#components/batch/batch-list.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { batchText } from "#components/strings/batch.ts";
import { may } from "#server/domain/roles.ts";
import { listBatches } from "#server/services/batch/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: batchText.title };

export default async function BatchesPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  return (
    <BatchList
      role={ctx.role}
      mayOpen={may(ctx.role, "device.manage")}
      first={await listBatches(ctx, {})}
    />
  );
}
