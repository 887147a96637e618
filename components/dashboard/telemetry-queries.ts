import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { DeviceLatest, StateAnswer } from "#server/domain/telemetry-query.ts";

const addressOf = (what: string, question: object) =>
  `/api/console/telemetry/${what}?${new URLSearchParams({ q: JSON.stringify(question) }).toString()}`;

/** Which values held when. */
export function statesQuery(question: {
  readonly devices: DeviceSelection;
  readonly metrics: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly runs: number;
}) {
  return queryOptions({
    queryKey: ["telemetry", "states", question],
    queryFn: ({ signal }) => readJson<StateAnswer>(addressOf("states", question), signal),
    placeholderData: keepPreviousData,
  });
}

/** Newest values of devices (UUIDs). */
export function latestQuery(
  question: { readonly ids: readonly string[]; readonly metrics: readonly string[] },
  everyMs: number | false,
) {
  return queryOptions({
    queryKey: ["telemetry", "latest", question],
    queryFn: ({ signal }) =>
      readJson<readonly DeviceLatest[]>(addressOf("latest", question), signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
}
