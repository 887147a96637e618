import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { workText } from "#components/strings/work.ts";
import { BulkPage } from "#components/work/bulk-page.tsx";
import { may } from "#server/domain/roles.ts";
import { bulkJobRefSchema } from "#server/services/bulk/schemas.ts";
import { showBulkJob } from "#server/services/bulk/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: workText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function OneBulkJobPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "fleet.view")) return <NoPermission />;
  const { id } = await params;
  const asked = bulkJobRefSchema.safeParse({ jobId: id });
  if (!asked.success) notFound();
  return <BulkPage first={await found(showBulkJob(ctx, asked.data))} />;
}
