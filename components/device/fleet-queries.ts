import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import { metricsOf, type FleetColumn } from "#server/domain/fleet-columns.ts";
import {
  fleetListParams,
  fleetViewToParams,
  type FleetFilter,
  type FleetView,
} from "#server/domain/fleet-filter.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";
import type { DeviceList } from "#server/services/device/list.ts";

const pageSize = 100;
const refreshMs = 5_000;
/** How soon counts are asked for again that were not done in time. */
const countingMs = 1_000;
/** Beyond this, a refresh of everything loaded would cost more than it tells. */
const refreshedPages = 3;

type Listed = FleetView & { readonly columns: readonly FleetColumn[] };

/** What a page of the table depends on, as parameters of an address. */
export function listParams(view: Listed): URLSearchParams {
  return fleetListParams(view, metricsOf(view.columns));
}

function pageUrl(view: Listed, cursor: string | null): string {
  const params = listParams(view);
  params.set("limit", String(pageSize));
  if (cursor !== null) params.set("cursor", cursor);
  return `/api/console/fleet?${params.toString()}`;
}

/** The fleet table's pages. `first` is what the server has rendered for the same view. */
export function fleetQuery(view: Listed, first: DeviceList | undefined) {
  return infiniteQueryOptions({
    queryKey: ["fleet", "list", listParams(view).toString()],
    queryFn: ({ pageParam, signal }) => readJson<DeviceList>(pageUrl(view, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
    refetchInterval: (query) =>
      (query.state.data?.pages.length ?? 0) <= refreshedPages ? refreshMs : false,
  });
}

/** Counts for the filters. */
export function facetsQuery(first: DeviceFacets) {
  return queryOptions({
    queryKey: ["fleet", "facets"],
    queryFn: ({ signal }) => readJson<DeviceFacets>("/api/console/fleet/facets", signal),
    initialData: first,
    refetchInterval: ({ state }) => (state.data?.isCounted === false ? countingMs : refreshMs),
  });
}

/** How many devices match, all of them counted. */
export function countQuery(filter: FleetFilter) {
  const params = fleetViewToParams({ filter, sort: "name" }).toString();
  return queryOptions({
    queryKey: ["fleet", "count", params],
    queryFn: ({ signal }) =>
      readJson<{ readonly count: number }>(`/api/console/fleet/count?${params}`, signal),
    staleTime: refreshMs,
  });
}

/** Metrics that can be columns and be compared in a query. */
export const metricsQuery = queryOptions({
  queryKey: ["fleet", "metrics"],
  queryFn: ({ signal }) =>
    readJson<readonly { readonly name: string; readonly unit: string | null }[]>(
      "/api/console/fleet/metrics",
      signal,
    ),
  staleTime: 60_000,
});

/** Where the matching devices can be downloaded. */
export function exportUrl(view: FleetView): string {
  return `/api/console/fleet/export?${fleetViewToParams(view).toString()}`;
}
