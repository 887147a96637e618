import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import { refusalViewToParams, type RefusalView } from "#server/domain/refusal-view.ts";
import type { RefusalFacet } from "#server/services/refused-connection/facets.ts";
import type { RefusedConnectionPage } from "#server/services/refused-connection/list.ts";

const base = "/api/console/refused";
const refreshMs = 10_000;
/** Beyond this, a refresh of everything loaded would cost more than it tells. */
const refreshedPages = 3;

/** The refusals page by page, newest first. `first` is what the server rendered for the same view. */
export function refusedQuery(view: RefusalView, first: RefusedConnectionPage | undefined) {
  return infiniteQueryOptions({
    queryKey: ["refused", "list", refusalViewToParams(view).toString()],
    queryFn: ({ pageParam, signal }) => {
      const params = refusalViewToParams(view);
      if (pageParam !== null) params.set("cursor", pageParam);
      return readJson<RefusedConnectionPage>(`${base}?${params.toString()}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
  });
}

/** Whether so little is loaded that it may be read anew by itself. */
export function mayRefresh(pages: number): boolean {
  return pages <= refreshedPages;
}

/** The causes within the view's time, device and text, with their counts. */
export function refusedFacetsQuery(view: RefusalView, first: readonly RefusalFacet[] | undefined) {
  const params = refusalViewToParams({ ...view, causes: [] }).toString();
  return queryOptions({
    queryKey: ["refused", "facets", params],
    queryFn: ({ signal }) => readJson<readonly RefusalFacet[]>(`${base}/facets?${params}`, signal),
    ...(first !== undefined && { initialData: first }),
    refetchInterval: refreshMs,
  });
}

/** Where the matching refusals can be downloaded. */
export function refusedExportUrl(view: RefusalView): string {
  return `${base}/export?${refusalViewToParams(view).toString()}`;
}

/** The page with this view. */
export function refusedHref(view: RefusalView): string {
  const query = refusalViewToParams(view).toString();
  return query === "" ? "/refused" : `/refused?${query}`;
}
