import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { selectionOf, type ExploreState } from "#components/explore/explore-state.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { ChartMarks } from "#server/services/annotation/list.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";

/** Everything that is kept about marks, for `invalidateQueries`. */
export const marksKey = ["annotations"] as const;

/** What the choices depend on: the devices that are meant. */
export function choicesInput(state: Pick<ExploreState, "devices" | "group" | "filter">) {
  const selection = selectionOf(state);
  return selection === null ? { devices: [...state.devices] } : { selection };
}

/** What can be drawn of the devices that are meant. `first`: as the server rendered it. */
export function choicesQuery(
  state: ExploreState,
  first: { readonly input: string; readonly choices: ExploreChoices } | undefined,
) {
  const input = JSON.stringify(choicesInput(state));
  return queryOptions({
    queryKey: ["explore", "choices", input],
    queryFn: ({ signal }) =>
      readJson<ExploreChoices>(
        `/api/console/explore/choices?${new URLSearchParams({ q: input }).toString()}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    ...(first?.input === input && { initialData: first.choices }),
  });
}

/** What happened to devices (UUIDs) in a range of whole milliseconds. */
export function marksQuery(devices: readonly string[], from: number, to: number) {
  const params = new URLSearchParams({ from: String(from), to: String(to) });
  for (const id of devices) params.append("device", id);
  return queryOptions({
    queryKey: [...marksKey, params.toString()],
    queryFn: ({ signal }) =>
      readJson<ChartMarks>(`/api/console/annotations?${params.toString()}`, signal),
    placeholderData: keepPreviousData,
  });
}
