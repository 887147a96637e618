import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { BatchPage } from "#components/batch/batch-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { batchText } from "#components/strings/batch.ts";
import { may } from "#server/domain/roles.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: batchText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function OneBatchPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  const { id } = await params;
  const asked = batchRefSchema.safeParse({ batchId: id });
  if (!asked.success) notFound();
  return <BatchPage first={await found(showBatch(ctx, asked.data))} />;
}
