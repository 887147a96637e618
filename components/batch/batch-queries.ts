import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { isAtWork } from "#components/batch/batch-state.ts";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type {
  BatchList,
  BatchRowList,
  BatchView,
  RememberedMapping,
} from "#server/services/batch/view.ts";

const base = "/api/console/batches";
const atWorkMs = 700;
const waitingMs = 3_000;

/** Where a batch is shown. */
export const batchHref = (id: string) => `/onboard/batches/${encodeURIComponent(id)}`;

export const batchKey = (id: string) => ["batch", id] as const;

/** The batches page by page, newest first. `first` is what the server has rendered. */
export function batchesQuery(first: BatchList) {
  return infiniteQueryOptions({
    queryKey: ["batches"],
    queryFn: ({ pageParam, signal }) =>
      readJson<BatchList>(
        pageParam === "" ? base : `${base}?cursor=${encodeURIComponent(pageParam)}`,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page: BatchList) => page.next,
    initialData: { pages: [first], pageParams: [""] },
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.batches.some((batch) => isAtWork(batch.state)) === true
        ? waitingMs
        : false,
  });
}

/** One batch: often while something works on it, now and then while it waits for people. */
export function batchQuery(first: BatchView) {
  return queryOptions({
    queryKey: [...batchKey(first.id), "show"],
    queryFn: ({ signal }) => readJson<BatchView>(`${base}/${encodeURIComponent(first.id)}`, signal),
    initialData: first,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isAtWork(state.data.state) ? atWorkMs : waitingMs,
  });
}

/** Rows of a batch; `connected` ones are asked for again while the sample test runs. */
export function batchRowsQuery(id: string, only: "bad" | "connected") {
  return infiniteQueryOptions({
    queryKey: [...batchKey(id), "rows", only],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ only, limit: "50" });
      if (pageParam !== "") query.set("cursor", pageParam);
      return readJson<BatchRowList>(
        `${base}/${encodeURIComponent(id)}/rows?${query.toString()}`,
        signal,
      );
    },
    initialPageParam: "",
    getNextPageParam: (page: BatchRowList) => page.next,
  });
}

/** How columns were mapped the last time, or what their names say. */
export function mappingQuery(columns: readonly string[]) {
  return queryOptions({
    queryKey: ["batch-mapping", columns],
    queryFn: ({ signal }) =>
      askJson<RememberedMapping>("/api/console/batch-mappings", { columns }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: 1,
  });
}
