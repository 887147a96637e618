import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { IssuerListsView } from "#server/services/revocation-list/list.ts";

export const listsKey = ["revocation-lists"] as const;

/** The newest lists of every CA; read again while the page is open, as workers make them. */
export function listsQuery(first: readonly IssuerListsView[]) {
  return queryOptions({
    queryKey: listsKey,
    queryFn: ({ signal }) =>
      readJson<readonly IssuerListsView[]>("/api/console/revocation-lists", signal),
    initialData: first,
    refetchInterval: 10_000,
  });
}
