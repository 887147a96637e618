import type { Metadata } from "next";
import { FleetTable } from "#components/device/fleet-table.tsx";
import { fleetText } from "#components/strings/device.ts";
import { fleetViewFromParams, fleetViewToParams } from "#server/domain/fleet-filter.ts";
import { may } from "#server/domain/roles.ts";
import { deviceFacets } from "#server/services/device/facets.ts";
import { listDevices } from "#server/services/device/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: fleetText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function DevicesPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const search = await searchParams;
  const view = fleetViewFromParams({ get: (name) => [search[name]].flat()[0] ?? null });
  const [list, facets] = await Promise.all([
    listDevices(ctx, { ...view, limit: 100 }),
    deviceFacets(ctx, {}),
  ]);
  return (
    <FleetTable
      first={{ view: fleetViewToParams(view).toString(), list }}
      facets={facets}
      mayOnboard={may(ctx.role, "device.manage")}
    />
  );
}
