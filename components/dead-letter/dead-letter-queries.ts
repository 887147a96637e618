import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  deadLetterFilterAddress,
  type DeadLetterFilterText,
} from "#components/dead-letter/filter.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { DeadLetterPage } from "#server/services/dead-letter/list.ts";
import type { DeadLetterDetail } from "#server/services/dead-letter/show.ts";

/** The dead letters page by page, newest first. */
export function deadLettersQuery(filter: DeadLetterFilterText) {
  const chosen = deadLetterFilterAddress(filter);
  return infiniteQueryOptions({
    queryKey: ["dead-letters", chosen],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(chosen);
      if (pageParam !== "") query.set("cursor", pageParam);
      return readJson<DeadLetterPage>(`/api/console/dead-letters?${query.toString()}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (page: DeadLetterPage) => page.next,
  });
}

/** One with its payload. Reading is recorded, therefore once and only when asked. */
export function deadLetterQuery(id: string) {
  return queryOptions({
    queryKey: ["dead-letter", id],
    queryFn: ({ signal }) =>
      readJson<DeadLetterDetail>(`/api/console/dead-letters/${encodeURIComponent(id)}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
