"use client";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { FleetTabs } from "#components/device/fleet-tabs.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { FleetMap } from "#components/map/fleet-map.tsx";
import { extentQuery } from "#components/map/map-queries.ts";
import { mapText } from "#components/strings/map.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { fleetViewFromParams, fleetViewToParams } from "#server/domain/fleet-filter.ts";
import type { MapExtent } from "#server/services/device/map.ts";

/** The fleet on a map, narrowed like the table by the address. */
export function MapPage({ first }: { readonly first: MapExtent }) {
  const { filter } = fleetViewFromParams(useSearchParams());
  const devices: DeviceSelection = { by: "filter", filter };
  const { data: extent } = useQuery({ ...extentQuery(devices), initialData: first });
  const query = fleetViewToParams({ filter, sort: "name" }).toString();
  return (
    <>
      <PageHeader
        title={mapText.title}
        subtitle={mapText.located(formatCount(extent.located), formatCount(extent.matching))}
      />
      <FleetTabs />
      {extent.bounds === null ? (
        <Nowhere
          matching={extent.matching}
          tableHref={query === "" ? "/devices" : `/devices?${query}`}
        />
      ) : (
        <div className="h-[max(24rem,calc(100dvh-14rem))]">
          <FleetMap devices={devices} />
        </div>
      )}
    </>
  );
}

function Nowhere({
  matching,
  tableHref,
}: {
  readonly matching: number;
  readonly tableHref: string;
}) {
  const isNothing = matching === 0;
  return (
    <EmptyState
      title={isNothing ? mapText.nothingTitle : mapText.emptyTitle}
      action={<ButtonLink href={tableHref}>{mapText.toTable}</ButtonLink>}
    >
      {isNothing ? mapText.nothingText : mapText.emptyText}
    </EmptyState>
  );
}
