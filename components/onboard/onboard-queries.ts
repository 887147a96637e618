import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { OnboardWaiting } from "#server/services/onboard/waiting.ts";

const refreshMs = 5_000;

/** What waits for somebody. `first` is what the server has rendered. */
export function waitingQuery(first: OnboardWaiting) {
  return queryOptions({
    queryKey: ["onboard", "waiting"],
    queryFn: ({ signal }) => readJson<OnboardWaiting>("/api/console/onboard", signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}
