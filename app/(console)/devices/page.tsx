import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { FleetTable } from "#components/device/fleet-table.tsx";
import { fleetText } from "#components/strings/device.ts";
import { columnsFromText, metricsOf } from "#server/domain/fleet-columns.ts";
import { fleetListParams, fleetViewFromParams } from "#server/domain/fleet-filter.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import { may } from "#server/domain/roles.ts";
import { deviceFacets } from "#server/services/device/facets.ts";
import { listDevices } from "#server/services/device/list.ts";
import { listSavedViews } from "#server/services/saved-view/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: fleetText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function DevicesPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const search = await searchParams;
  const views = await listSavedViews(ctx, {});
  const usual = views.views.find(({ id }) => id === views.defaultId);
  if (Object.keys(search).length === 0 && usual !== undefined) {
    redirect(`/devices?${usual.state.address}&view=${usual.id}`);
  }
  const params = { get: (name: string) => [search[name]].flat()[0] ?? null };
  const view = fleetViewFromParams(params);
  const metrics = [...metricsOf(columnsFromText(params.get("cols")))];
  const isClear = parseFleetQuery(view.filter.query).problems.length === 0;
  const [list, facets] = await Promise.all([
    isClear ? listDevices(ctx, { ...view, metrics, limit: 100 }) : undefined,
    deviceFacets(ctx, {}),
  ]);
  return (
    <FleetTable
      first={{ params: fleetListParams(view, metrics).toString(), list }}
      facets={facets}
      views={views}
      mayOnboard={may(ctx.role, "device.manage")}
      mayGroup={may(ctx.role, "group.manage")}
    />
  );
}
