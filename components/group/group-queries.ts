import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { GroupListed } from "#server/services/group/list.ts";
import type { GroupDetail } from "#server/services/group/show.ts";

export const groupsKey = ["device-groups"] as const;
const refreshMs = 10_000;

export function groupHref(id: string): string {
  return `/fleet/groups/${id}`;
}

/** The organisation's dynamic groups. */
export function groupsQuery(first: readonly GroupListed[]) {
  return queryOptions({
    queryKey: [...groupsKey, "list"],
    queryFn: ({ signal }) => readJson<readonly GroupListed[]>("/api/console/groups", signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

/** One of them. */
export function groupQuery(first: GroupDetail) {
  return queryOptions({
    queryKey: [...groupsKey, first.id],
    queryFn: ({ signal }) => readJson<GroupDetail>(`/api/console/groups/${first.id}`, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}
