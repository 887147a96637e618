import type { Metadata } from "next";
import { AlertList } from "#components/alert/alert-list.tsx";
import {
  alertFilterParams,
  alertFiltersFrom,
  alertListInput,
} from "#components/alert/alert-view.ts";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { alertText } from "#components/strings/alert.ts";
import { may } from "#server/domain/roles.ts";
import { listAlerts } from "#server/services/alert/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: alertText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function AlertsPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "alert.view")) return <NoPermission />;
  const search = await searchParams;
  const filters = alertFiltersFrom({ get: (name) => [search[name]].flat()[0] ?? null });
  const page = await listAlerts(ctx, alertListInput(filters));
  return <AlertList first={{ view: alertFilterParams(filters).toString(), page }} />;
}
