"use client";
import { usePathname, useSearchParams } from "next/navigation";
import {
  fleetViewFromParams,
  fleetViewToParams,
  type FleetFilter,
  type FleetView,
} from "#server/domain/fleet-filter.ts";

/** The fleet table's state, held by the address so that a link or a reload brings it back. */
export function useFleetView(): {
  readonly view: FleetView;
  readonly setView: (view: FleetView) => void;
  readonly setFilter: (change: Partial<FleetFilter>) => void;
} {
  const path = usePathname();
  const view = fleetViewFromParams(useSearchParams());
  function setView(next: FleetView) {
    const query = fleetViewToParams(next).toString();
    window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
  }
  return {
    view,
    setView,
    setFilter: (change) => setView({ ...view, filter: { ...view.filter, ...change } }),
  };
}
