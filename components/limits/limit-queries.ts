import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { ListenerLimitView } from "#server/services/listener-limit/list.ts";
import type { RefusalFacet } from "#server/services/refused-connection/facets.ts";

export const limitsKey = ["limits"] as const;

export function limitsQuery(first: readonly ListenerLimitView[]) {
  return queryOptions({
    queryKey: limitsKey,
    queryFn: ({ signal }) => readJson<readonly ListenerLimitView[]>("/api/console/limits", signal),
    initialData: first,
  });
}

/** Refusals of the last 24 hours by cause. */
export function metQuery(first: readonly RefusalFacet[]) {
  return queryOptions({
    queryKey: ["refused", "facets", "range=24h"],
    queryFn: ({ signal }) =>
      readJson<readonly RefusalFacet[]>("/api/console/refused/facets?range=24h", signal),
    initialData: first,
    refetchInterval: 10_000,
  });
}
