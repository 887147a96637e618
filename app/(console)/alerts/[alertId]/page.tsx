import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AlertPage } from "#components/alert/alert-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { alertText } from "#components/strings/alert.ts";
import { may } from "#server/domain/roles.ts";
import { alertTarget } from "#server/services/alert/schemas.ts";
import { showAlert } from "#server/services/alert/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: alertText.title };

type Props = { readonly params: Promise<{ readonly alertId: string }> };

export default async function OneAlertPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "alert.view")) return <NoPermission />;
  // An address that cannot be an alert's is one that does not exist.
  const asked = alertTarget.safeParse(await params);
  if (!asked.success) notFound();
  return <AlertPage first={await found(showAlert(ctx, asked.data))} />;
}
