import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { AlertPage } from "#server/services/alert/list.ts";
import type { DeviceNote } from "#server/services/device-note/internal.ts";
import type { DeviceLocation } from "#server/services/device/location.ts";

const base = (deviceId: string) => `/api/console/devices/${encodeURIComponent(deviceId)}`;
const alertsMs = 10_000;
const shownAlerts = 5;

export function notesQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "notes"],
    queryFn: ({ signal }) =>
      readJson<{ readonly notes: readonly DeviceNote[] }>(`${base(deviceId)}/notes`, signal),
  });
}

export function locationQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "location"],
    queryFn: ({ signal }) => readJson<DeviceLocation>(`${base(deviceId)}/location`, signal),
  });
}

/** The address of a device's alerts, those that are over too. */
export function deviceAlertsHref(deviceId: string): string {
  return `/alerts?state=all&subject=${encodeURIComponent(deviceId)}`;
}

/** The newest alerts about a device and its certificates. */
export function deviceAlertsQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["alerts", "device", deviceId],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        state: "all",
        subject: deviceId,
        limit: String(shownAlerts),
      });
      return readJson<AlertPage>(`/api/console/alerts?${query.toString()}`, signal);
    },
    refetchInterval: alertsMs,
  });
}
