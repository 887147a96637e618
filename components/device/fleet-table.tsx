"use client";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Columns3 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState, type ReactNode } from "react";
import { deviceHref } from "#components/device/device-href.ts";
import { fleetColumns } from "#components/device/fleet-columns.tsx";
import { downloadDevices } from "#components/device/fleet-csv.ts";
import { FleetFilters } from "#components/device/fleet-filters.tsx";
import {
  countQuery,
  exportUrl,
  facetsQuery,
  fleetQuery,
  listParams,
  metricsQuery,
} from "#components/device/fleet-queries.ts";
import { FleetSelection } from "#components/device/fleet-selection.tsx";
import { FleetTabs } from "#components/device/fleet-tabs.tsx";
import {
  tableFromParams,
  tableParams,
  useFleetView,
  type TableView,
} from "#components/device/use-fleet-view.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { SavedViewMenu, type OpenedView } from "#components/saved-view/saved-view-menu.tsx";
import { fleetText } from "#components/strings/device.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import type { DataSort } from "#components/ui/data-table-types.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { useUnits } from "#components/units/units-provider.tsx";
import { metricsOf, usualColumns } from "#server/domain/fleet-columns.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import {
  everyDevice,
  fleetSorts,
  isNarrowed,
  type FleetSort,
} from "#server/domain/fleet-filter.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";
import type { DeviceList, FleetDevice } from "#server/services/device/list.ts";
import type { SavedViewList } from "#server/services/saved-view/list.ts";
import { tablePaging } from "#components/ui/table-state.ts";

// The table must not wait for a dialog that few open.
const FleetColumnDialog = dynamic(
  async () => (await import("#components/device/fleet-column-dialog.tsx")).FleetColumnDialog,
  { ssr: false },
);
const FirstDevice = dynamic(
  async () => (await import("#components/onboard/first-device.tsx")).FirstDevice,
);
const GroupDialog = dynamic(
  async () => (await import("#components/group/group-dialog.tsx")).GroupDialog,
  { ssr: false },
);

type First = {
  /** What the server's list depends on, as parameters of an address. */
  readonly params: string;
  /** Undefined: the query of the address could not be understood. */
  readonly list: DeviceList | undefined;
};

type TableProps = {
  readonly first: First;
  readonly facets: DeviceFacets;
  readonly views: SavedViewList;
  readonly mayOnboard: boolean;
  readonly mayGroup: boolean;
};

/** The fleet: filters, views, table, what can be done with a selection. The address holds its state. */
export function FleetTable({ first, views, mayOnboard, mayGroup, ...rest }: TableProps) {
  const { view, setView, setFilter } = useFleetView();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { data: facets } = useQuery(facetsQuery(rest.facets));
  const { devices, matching, unknown, isBroken, paging } = useFleetPages(view, first);
  const columns = useColumns(view, devices);
  const narrowed = isNarrowed(view.filter);
  const hasDevices = facets.total > 0 || narrowed || devices.length > 0;

  return (
    <>
      <PageHeader
        title={fleetText.title}
        subtitle={<Matching view={view} facets={facets} matching={matching} />}
        actions={
          <>
            {hasDevices && <ExportButton view={view} devices={devices} selected={selected} />}
            {mayOnboard && <OnboardLink />}
          </>
        }
      />
      <FleetTabs />
      {hasDevices && (
        <FleetFilters filter={view.filter} facets={facets} onChange={setFilter}>
          <TableTools view={view} views={views} mayGroup={mayGroup} onView={setView} />
        </FleetFilters>
      )}
      <FleetSelection
        filter={view.filter}
        devices={devices}
        matching={matching}
        selected={selected}
        onSelectedChange={setSelected}
      />
      <DataTable
        label={fleetText.title}
        columns={columns}
        rows={devices}
        rowId={(device) => device.id}
        rowName={(device) => device.name}
        rowHref={deviceHref}
        empty={isBroken ? <Broken /> : <Empty narrowed={narrowed} unknown={unknown} />}
        sort={dataSort(view.sort)}
        onSortChange={(sort) => setView({ ...view, sort: fleetSort(sort) })}
        selected={selected}
        onSelectedChange={setSelected}
        {...paging}
      />
    </>
  );
}

/** Another than no view: a table that opens with one must be able to show all devices. */
const asItComes: TableView = { ...everyDevice, columns: usualColumns, viewId: "all" };

function tableOf({ id, address }: NonNullable<OpenedView>): TableView {
  return { ...tableFromParams(new URLSearchParams(address)), viewId: id };
}

/** What keeps a filter as a group or a view, and the choice of columns. */
function TableTools({
  view,
  views,
  mayGroup,
  onView,
}: {
  readonly view: TableView;
  readonly views: SavedViewList;
  readonly mayGroup: boolean;
  readonly onView: (view: TableView) => void;
}) {
  const [open, setOpen] = useState<"columns" | "group">();
  const close = () => setOpen(undefined);
  return (
    <>
      {mayGroup && isNarrowed(view.filter) && (
        <Button size="sm" className="h-7.5!" onClick={() => setOpen("group")}>
          {fleetText.groupOf}
        </Button>
      )}
      <SavedViewMenu
        page="devices"
        viewId={view.viewId}
        state={{
          address: tableParams({ ...view, viewId: null }).toString(),
          filter: view.filter,
        }}
        first={views}
        words={fleetText.viewWords}
        onOpen={(opened) => onView(opened === null ? asItComes : tableOf(opened))}
        onSaved={(viewId) => onView({ ...view, viewId })}
      />
      <Button size="sm" className="h-7.5! max-md:hidden" onClick={() => setOpen("columns")}>
        <Columns3 aria-hidden className="size-3.5" />
        {fleetText.columns}
      </Button>
      {open === "columns" && (
        <FleetColumnDialog
          columns={view.columns}
          onChange={(columns) => onView({ ...view, columns })}
          onClose={close}
        />
      )}
      {open === "group" && <GroupDialog filter={view.filter} onClose={close} />}
    </>
  );
}

function useColumns(view: TableView, devices: readonly FleetDevice[]) {
  const units = useUnits();
  const hasMetrics = metricsOf(view.columns).length > 0;
  const { data: metrics = [] } = useQuery({ ...metricsQuery, enabled: hasMetrics });
  return fleetColumns(view.columns, {
    units,
    metricUnits: new Map(metrics.map(({ name, unit }) => [name, unit])),
    isFolded: devices.some(({ foldedUnder }) => foldedUnder !== null),
  });
}

/** What is loaded of the view, and how the table gets more of it. */
function useFleetPages(view: TableView, first: First) {
  const isFirst = listParams(view).toString() === first.params;
  // The field never sends a query that is not understood; a link may have one.
  const isBroken = parseFleetQuery(view.filter.query).problems.length > 0;
  const list = useInfiniteQuery({
    ...fleetQuery(view, isFirst ? first.list : undefined),
    placeholderData: keepPreviousData,
    enabled: !isBroken,
  });
  const [page] = list.data?.pages ?? [];
  const matching = page?.matching ?? null;
  return {
    devices: list.data?.pages.flatMap(({ devices }) => devices) ?? [],
    matching,
    unknown: page?.unknown ?? [],
    isBroken,
    paging: {
      ...tablePaging(list, matching),
      ...(isBroken && { state: { status: "ready" } as const }),
    },
  };
}

function ExportButton({
  view,
  devices,
  selected,
}: {
  readonly view: TableView;
  readonly devices: readonly FleetDevice[];
  readonly selected: ReadonlySet<string>;
}) {
  const chosen = devices.filter((device) => selected.has(device.id));
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

/** "412 of 98 000 match"; beyond what the first page counts the exact number comes a moment later. */
function Matching({
  view,
  facets,
  matching,
}: {
  readonly view: TableView;
  readonly facets: DeviceFacets;
  readonly matching: DeviceList["matching"];
}): ReactNode {
  const narrowed = isNarrowed(view.filter);
  const isOpenEnded = matching?.more === true;
  const { data: exact } = useQuery({
    ...countQuery(view.filter),
    enabled: narrowed && isOpenEnded,
  });
  if (!facets.isCounted) return fleetText.counting;
  const total = formatCount(facets.total);
  if (!narrowed) return fleetText.total(total);
  if (matching === null) return fleetText.counting;
  if (!isOpenEnded) return fleetText.matching(formatCount(matching.count), total);
  if (exact !== undefined) return fleetText.matching(formatCount(exact.count), total);
  return fleetText.matching(fleetText.atLeast(formatCount(matching.count)), total);
}

function OnboardLink() {
  return (
    <ButtonLink href="/onboard/device" variant="primary">
      {fleetText.onboard}
    </ButtonLink>
  );
}

function Broken() {
  return <EmptyState title={fleetText.brokenTitle}>{fleetText.brokenText}</EmptyState>;
}

function Empty({
  narrowed,
  unknown,
}: {
  readonly narrowed: boolean;
  readonly unknown: DeviceList["unknown"];
}) {
  if (narrowed) {
    const names = unknown.map(({ kind, name }) => `${fleetText.unknownKinds[kind]} ${name}`);
    return (
      <EmptyState title={fleetText.nothingTitle}>
        {names.length > 0 ? fleetText.unknownNames(names.join(", ")) : fleetText.nothingText}
      </EmptyState>
    );
  }
  return <FirstDevice />;
}
