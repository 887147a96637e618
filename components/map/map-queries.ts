import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { askJson } from "#components/layout/read-json.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { MapBounds } from "#server/domain/map-grid.ts";
import type { MapExtent, MapMark } from "#server/services/device/map.ts";

const refreshMs = 10_000;

/** How much of a selection the map can show, and where. */
export function extentQuery(devices: DeviceSelection) {
  return queryOptions({
    queryKey: ["fleet", "extent", devices],
    queryFn: ({ signal }) => askJson<MapExtent>("/api/console/fleet/extent", { devices }, signal),
    refetchInterval: 6 * refreshMs,
  });
}

export type MapQuestion = {
  readonly devices: DeviceSelection;
  readonly bounds: MapBounds;
  readonly columns: number;
  readonly rows: number;
};

/** The marks of a part of the map. Until new ones are there the old ones stay. */
export function marksQuery(question: MapQuestion) {
  return queryOptions({
    queryKey: ["fleet", "map", question],
    queryFn: ({ signal }) =>
      askJson<readonly MapMark[]>("/api/console/fleet/map", question, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}
