"use client";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deviceHref } from "#components/device/device-href.ts";
import { fleetColumns } from "#components/device/fleet-columns.tsx";
import { downloadDevices } from "#components/device/fleet-csv.ts";
import { FleetFilters } from "#components/device/fleet-filters.tsx";
import { exportUrl, facetsQuery, fleetQuery } from "#components/device/fleet-queries.ts";
import { useFleetView } from "#components/device/use-fleet-view.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { fleetText } from "#components/strings/device.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataSort } from "#components/ui/data-table-types.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import {
  fleetSorts,
  fleetViewToParams,
  isNarrowed,
  type FleetSort,
  type FleetView,
} from "#server/domain/fleet-filter.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";
import type { DeviceList } from "#server/services/device/list.ts";
import type { DeviceSummary } from "#server/services/device/summary.ts";
import { tablePaging } from "#components/ui/table-state.ts";

type First = {
  /** The view that the server rendered, as its address. */
  readonly view: string;
  readonly list: DeviceList;
};

/** The fleet: filters, table, export. The address holds its state. */
export function FleetTable({
  first,
  facets: firstFacets,
  mayOnboard,
}: {
  readonly first: First;
  readonly facets: DeviceFacets;
  readonly mayOnboard: boolean;
}) {
  const { view, setView, setFilter } = useFleetView();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { data: facets } = useQuery(facetsQuery(firstFacets));
  const { devices, matching, paging } = useFleetPages(view, first);
  const narrowed = isNarrowed(view.filter);
  const hasDevices = facets.total > 0 || narrowed;

  return (
    <>
      <PageHeader
        title={fleetText.title}
        subtitle={<Matching view={view} facets={facets} matching={matching} />}
        actions={
          <>
            {hasDevices && (
              <ExportButton
                view={view}
                chosen={devices.filter((device) => selected.has(device.id))}
              />
            )}
            {mayOnboard && <OnboardLink />}
          </>
        }
      />
      {hasDevices && <FleetFilters filter={view.filter} facets={facets} onChange={setFilter} />}
      <DataTable
        label={fleetText.title}
        columns={fleetColumns}
        rows={devices}
        rowId={(device) => device.id}
        rowName={(device) => device.name}
        rowHref={deviceHref}
        empty={<Empty narrowed={narrowed} mayOnboard={mayOnboard} />}
        sort={dataSort(view.sort)}
        onSortChange={(sort) => setView({ ...view, sort: fleetSort(sort) })}
        selected={selected}
        onSelectedChange={setSelected}
        {...paging}
      />
    </>
  );
}

/** What is loaded of the view, and how the table gets more of it. */
function useFleetPages(view: FleetView, first: First) {
  const isFirst = fleetViewToParams(view).toString() === first.view;
  const list = useInfiniteQuery({
    ...fleetQuery(view, isFirst ? first.list : undefined),
    placeholderData: keepPreviousData,
  });
  const matching = list.data?.pages[0]?.matching ?? null;
  return {
    devices: list.data?.pages.flatMap((page) => page.devices) ?? [],
    matching,
    paging: tablePaging(list, matching),
  };
}

function ExportButton({
  view,
  chosen,
}: {
  readonly view: FleetView;
  readonly chosen: readonly DeviceSummary[];
}) {
  if (chosen.length > 0) {
    return (
      <Button onClick={() => downloadDevices(chosen)}>
        {fleetText.exportSelected(formatCount(chosen.length))}
      </Button>
    );
  }
  return (
    <ButtonLink href={exportUrl(view)} prefetch={false} download aria-label={fleetText.exportLabel}>
      {fleetText.exportAll}
    </ButtonLink>
  );
}

function dataSort(sort: FleetSort): DataSort {
  const descending = sort.startsWith("-");
  return { column: sort.replace("-", ""), direction: descending ? "desc" : "asc" };
}

function fleetSort({ column, direction }: DataSort): FleetSort {
  const wanted = direction === "desc" ? `-${column}` : column;
  return fleetSorts.find((sort) => sort === wanted) ?? "name";
}

function Matching({
  view,
  facets,
  matching,
}: {
  readonly view: FleetView;
  readonly facets: DeviceFacets;
  readonly matching: DeviceList["matching"];
}) {
  const total = formatCount(facets.total);
  if (!isNarrowed(view.filter)) return fleetText.total(total);
  if (matching === null) return fleetText.counting;
  const count = formatCount(matching.count);
  return fleetText.matching(matching.more ? fleetText.atLeast(count) : count, total);
}

function OnboardLink() {
  return (
    <ButtonLink href="/onboard/device" variant="primary">
      {fleetText.onboard}
    </ButtonLink>
  );
}

function Empty({
  narrowed,
  mayOnboard,
}: {
  readonly narrowed: boolean;
  readonly mayOnboard: boolean;
}) {
  if (narrowed) {
    return <EmptyState title={fleetText.nothingTitle}>{fleetText.nothingText}</EmptyState>;
  }
  return (
    <EmptyState title={fleetText.emptyTitle} {...(mayOnboard && { action: <OnboardLink /> })}>
      {fleetText.emptyText}
    </EmptyState>
  );
}
