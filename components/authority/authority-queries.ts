import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { AuthoritiesView } from "#server/services/authority/list.ts";

export const authoritiesKey = ["authorities"] as const;

/** The CAs of the installation and how they stand. */
export function authoritiesQuery(first: AuthoritiesView) {
  return queryOptions({
    queryKey: authoritiesKey,
    queryFn: ({ signal }) => readJson<AuthoritiesView>("/api/console/authorities", signal),
    initialData: first,
    refetchInterval: 60_000,
  });
}
