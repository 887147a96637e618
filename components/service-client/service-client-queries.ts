import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { ServiceClientView } from "#server/services/service-client/view.ts";

const base = "/api/console/service-clients";
const refreshMs = 10_000;

/** Everything that is kept about service clients, for `invalidateQueries`. */
export const serviceClientsKey = ["service-clients"] as const;

export function serviceClientsQuery(first: readonly ServiceClientView[]) {
  return queryOptions({
    queryKey: [...serviceClientsKey, "list"],
    queryFn: ({ signal }) => readJson<readonly ServiceClientView[]>(base, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

export function serviceClientQuery(first: ServiceClientView) {
  return queryOptions({
    queryKey: [...serviceClientsKey, first.id],
    queryFn: ({ signal }) => readJson<ServiceClientView>(`${base}/${first.id}`, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

/** The page of a service client. */
export function serviceClientHref({ id }: Pick<ServiceClientView, "id">): string {
  return `/settings/service-clients/${id}`;
}
