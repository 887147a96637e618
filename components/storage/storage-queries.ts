import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { StorageView } from "#server/services/storage/show.ts";

export function storageQuery(first: StorageView) {
  return queryOptions({
    queryKey: ["storage"],
    queryFn: ({ signal }) => readJson<StorageView>("/api/console/storage", signal),
    initialData: first,
    refetchInterval: 10_000,
  });
}
