import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import {
  assumeNew,
  missingOf,
  type KnownReferences,
  type References,
} from "#server/domain/dashboard-references.ts";
import type { AlertView } from "#server/services/alert/view.ts";
import type { DashboardChoices } from "#server/services/dashboard/choices.ts";
import type { DashboardList } from "#server/services/dashboard/list.ts";
import type { SelectionDevices } from "#server/services/dashboard/selection-devices.ts";
import type { SelectionPresence } from "#server/services/dashboard/selection-presence.ts";
import type { DashboardShown, DashboardVersionSummary } from "#server/services/dashboard/view.ts";

const base = "/api/console/dashboards";

/** Everything that is kept about dashboards themselves, for `invalidateQueries`. */
export const dashboardsKey = ["dashboards"] as const;

/** The page of a dashboard. */
export const dashboardHref = (id: string) => `/dashboards/${encodeURIComponent(id)}`;
export const readyMadeHref = (profileId: string) =>
  `/dashboards/ready-made/${encodeURIComponent(profileId)}`;

/** The dashboards that one may see. `first` is what the server has rendered. */
export function dashboardsQuery(first?: DashboardList) {
  return queryOptions({
    queryKey: [...dashboardsKey, "list"],
    queryFn: ({ signal }) => readJson<DashboardList>(base, signal),
    ...(first !== undefined && { initialData: first }),
  });
}

/** One dashboard as it is saved now. */
export function dashboardQuery(id: string) {
  return queryOptions({
    queryKey: [...dashboardsKey, "one", id],
    queryFn: ({ signal }) => readJson<DashboardShown>(`${base}/${encodeURIComponent(id)}`, signal),
  });
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: [...dashboardsKey, "versions", id],
    queryFn: ({ signal }) =>
      readJson<readonly DashboardVersionSummary[]>(
        `${base}/${encodeURIComponent(id)}/versions`,
        signal,
      ),
    staleTime: 0,
  });
}

/** What of the references exists here. What was asked before counts until the answer comes. */
export function referencesQuery(references: References) {
  return queryOptions({
    queryKey: ["dashboard-references", references] as const,
    queryFn: ({ signal }) => askJson<KnownReferences>(`${base}/references`, references, signal),
    placeholderData: (before, asked) =>
      before === undefined ? undefined : assumeNew(references, before, asked?.queryKey[1]),
    staleTime: 60_000,
    // A metric that nobody has sent yet may come at any time.
    refetchInterval: ({ state }) =>
      state.data !== undefined && missingOf(references, state.data).length > 0 ? 30_000 : false,
  });
}

/** Profiles, groups and metrics to choose from. */
export const dashboardChoicesQuery = queryOptions({
  queryKey: ["dashboard-choices"],
  queryFn: ({ signal }) => readJson<DashboardChoices>(`${base}/choices`, signal),
  staleTime: 60_000,
});

/** The first devices of a selection, with their keys. */
export function selectionDevicesQuery(devices: DeviceSelection, limit: number) {
  return queryOptions({
    queryKey: ["dashboard-devices", devices, limit],
    queryFn: ({ signal }) =>
      askJson<SelectionDevices>(`${base}/devices`, { devices, limit }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** Devices of a selection by presence. `everyMs`: asked again so often. */
export function selectionPresenceQuery(devices: DeviceSelection, everyMs: number | false) {
  return queryOptions({
    queryKey: ["dashboard-presence", devices],
    queryFn: ({ signal }) => askJson<SelectionPresence>(`${base}/presence`, { devices }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
}

/** Standing alerts about a selection. */
export function selectionAlertsQuery(
  question: {
    readonly devices: DeviceSelection;
    readonly severities: readonly string[];
    readonly limit: number;
  },
  everyMs: number | false,
) {
  return queryOptions({
    queryKey: ["alerts", "dashboard", question],
    queryFn: ({ signal }) => askJson<readonly AlertView[]>(`${base}/alerts`, question, signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
}
