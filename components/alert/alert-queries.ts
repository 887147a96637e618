import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  alertFilterParams,
  alertListInput,
  type AlertFilters,
} from "#components/alert/alert-view.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { ChannelView } from "#server/services/alert-channel/view.ts";
import type { AlertCounts } from "#server/services/alert/counts.ts";
import type { AlertPage } from "#server/services/alert/list.ts";
import type { AlertDetail } from "#server/services/alert/show.ts";

const base = "/api/console/alerts";
const refreshMs = 10_000;
/** The badge in the navigation is on every page. */
const countsMs = 60_000;

/** Everything that is kept about alerts, for `invalidateQueries`. */
export const alertsKey = ["alerts"] as const;
export const channelsKey = ["alert-channels"] as const;

/** Alerts page by page, newest first. `first` is what the server rendered for the same filters. */
export function alertsQuery(filters: AlertFilters, first: AlertPage | undefined) {
  return infiniteQueryOptions({
    queryKey: [...alertsKey, "list", alertFilterParams(filters).toString()],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams(alertListInput(filters));
      if (pageParam !== null) params.set("cursor", pageParam);
      return readJson<AlertPage>(`${base}?${params.toString()}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? refreshMs : false),
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
  });
}

/** How many alerts stand. */
export const alertCountsQuery = queryOptions({
  queryKey: [...alertsKey, "counts"],
  queryFn: ({ signal }) => readJson<AlertCounts>(`${base}/counts`, signal),
  refetchInterval: countsMs,
  staleTime: refreshMs,
});

export function alertQuery(first: AlertDetail) {
  return queryOptions({
    queryKey: [...alertsKey, "one", first.id],
    queryFn: ({ signal }) => readJson<AlertDetail>(`${base}/${first.id}`, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

export function channelsQuery(first: readonly ChannelView[]) {
  return queryOptions({
    queryKey: channelsKey,
    queryFn: ({ signal }) =>
      readJson<readonly ChannelView[]>("/api/console/alert-channels", signal),
    initialData: first,
  });
}

/** The page of an alert. */
export function alertHref({ id }: { readonly id: string }): string {
  return `/alerts/${id}`;
}
