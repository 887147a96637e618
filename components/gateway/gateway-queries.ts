import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { ChildList } from "#server/services/gateway/list-children.ts";

const refreshMs = 5_000;
const watchMs = 2_000;

const base = (deviceId: string) => `/api/console/devices/${encodeURIComponent(deviceId)}/children`;

/** The devices behind a gateway, page by page. */
export function childrenQuery(deviceId: string, first?: ChildList) {
  return infiniteQueryOptions({
    queryKey: ["device", deviceId, "children"],
    queryFn: ({ pageParam, signal }) => {
      const after = pageParam === null ? "" : `&cursor=${encodeURIComponent(pageParam)}`;
      return readJson<ChildList>(`${base(deviceId)}?limit=10${after}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 3 ? false : refreshMs),
  });
}

/** The same for somebody who waits for the first word of one of them. */
export function watchedChildrenQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "children", "watched"],
    queryFn: ({ signal }) => readJson<ChildList>(`${base(deviceId)}?limit=200`, signal),
    refetchInterval: watchMs,
  });
}
