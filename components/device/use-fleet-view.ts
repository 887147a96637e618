"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { columnsFromText, columnsToText, type FleetColumn } from "#server/domain/fleet-columns.ts";
import {
  fleetViewFromParams,
  fleetViewToParams,
  type FleetFilter,
  type FleetView,
} from "#server/domain/fleet-filter.ts";

/** The fleet table's state: filter, order, columns, and the saved view that it came from. */
export type TableView = FleetView & {
  readonly columns: readonly FleetColumn[];
  readonly viewId: string | null;
};

/** The state as parameters of an address. */
export function tableParams(view: TableView): URLSearchParams {
  const params = fleetViewToParams(view);
  const columns = columnsToText(view.columns);
  if (columns !== "") params.set("cols", columns);
  if (view.viewId !== null) params.set("view", view.viewId);
  return params;
}

/** Reads {@link tableParams}. */
export function tableFromParams(params: { get(name: string): string | null }): TableView {
  return {
    ...fleetViewFromParams(params),
    columns: columnsFromText(params.get("cols")),
    viewId: params.get("view"),
  };
}

/** The fleet table's state, held by the address so that a link or a reload brings it back. */
export function useFleetView(): {
  readonly view: TableView;
  readonly setView: (view: TableView) => void;
  readonly setFilter: (change: Partial<FleetFilter>) => void;
} {
  const path = usePathname();
  const view = tableFromParams(useSearchParams());
  function setView(next: TableView) {
    const query = tableParams(next).toString();
    window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
  }
  return {
    view,
    setView,
    setFilter: (change) => setView({ ...view, filter: { ...view.filter, ...change } }),
  };
}
