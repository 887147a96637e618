import type { Metadata } from "next";
import { MapPage } from "#components/map/map-page.tsx";
import { mapText } from "#components/strings/map.ts";
import { fleetViewFromParams } from "#server/domain/fleet-filter.ts";
import { mapExtent } from "#server/services/device/map.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: mapText.map };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function FleetMapPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const search = await searchParams;
  const { filter } = fleetViewFromParams({ get: (name) => [search[name]].flat()[0] ?? null });
  return <MapPage first={await mapExtent(ctx, { devices: { by: "filter", filter } })} />;
}
