import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { SavedViewList } from "#server/services/saved-view/list.ts";
import type { ViewPage } from "#server/services/saved-view/schemas.ts";

/** What is kept about a page's views, for `invalidateQueries`. */
export const savedViewsKey = (page: ViewPage) => ["saved-views", page] as const;

/** Saved views of a page. `first` is what the server has rendered. */
export function savedViewsQuery(page: ViewPage, first: SavedViewList) {
  return queryOptions({
    queryKey: savedViewsKey(page),
    queryFn: ({ signal }) =>
      readJson<SavedViewList>(`/api/console/saved-views?page=${page}`, signal),
    initialData: first,
  });
}
