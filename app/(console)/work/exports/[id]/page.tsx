import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { workText } from "#components/strings/work.ts";
import { ExportPage } from "#components/work/export-page.tsx";
import { may } from "#server/domain/roles.ts";
import { exportRefSchema } from "#server/services/export/schemas.ts";
import { showExport } from "#server/services/export/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: workText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function OneExportPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "fleet.view")) return <NoPermission />;
  const { id } = await params;
  const asked = exportRefSchema.safeParse({ exportId: id });
  if (!asked.success) notFound();
  return <ExportPage first={await found(showExport(ctx, asked.data))} />;
}
