import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

/** The overview, anew every 10 s: what the live stream does not carry. */
export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => readJson<OverviewView>("/api/console/overview", signal),
  refetchInterval: 10_000,
});
