"use client";
import { usePathname, useSearchParams } from "next/navigation";
import {
  alertFilterParams,
  alertFiltersFrom,
  type AlertFilters,
} from "#components/alert/alert-view.ts";

/** The page's filters, held by the address so that a link or a reload brings them back. */
export function useAlertFilters(): {
  readonly filters: AlertFilters;
  readonly change: (part: Partial<AlertFilters>) => void;
} {
  const path = usePathname();
  const filters = alertFiltersFrom(useSearchParams());
  return {
    filters,
    change: (part) => {
      const query = alertFilterParams({ ...filters, ...part }).toString();
      window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
    },
  };
}
