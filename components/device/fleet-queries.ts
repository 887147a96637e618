import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import { fleetViewToParams, type FleetView } from "#server/domain/fleet-filter.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";
import type { DeviceList } from "#server/services/device/list.ts";

const pageSize = 100;
const refreshMs = 5_000;
/** Beyond this, a refresh of everything loaded would cost more than it tells. */
const refreshedPages = 3;

function pageUrl(view: FleetView, cursor: string | null): string {
  const params = fleetViewToParams(view);
  params.set("limit", String(pageSize));
  if (cursor !== null) params.set("cursor", cursor);
  return `/api/console/fleet?${params.toString()}`;
}

/** The fleet table's pages. `first` is what the server has rendered for the same view. */
export function fleetQuery(view: FleetView, first: DeviceList | undefined) {
  return infiniteQueryOptions({
    queryKey: ["fleet", "list", fleetViewToParams(view).toString()],
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
    refetchInterval: refreshMs,
  });
}

/** Where the matching devices can be downloaded. */
export function exportUrl(view: FleetView): string {
  return `/api/console/fleet/export?${fleetViewToParams(view).toString()}`;
}
