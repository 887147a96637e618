import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { RotationView } from "#server/services/certificate/rotation.ts";
import type { TicketView } from "#server/services/renewal-ticket/list.ts";

const base = (deviceId: string) => `/api/console/devices/${encodeURIComponent(deviceId)}`;
const refreshMs = 10_000;

/** Where the device stands with its next certificate; time alone changes that. */
export function rotationQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "rotation"],
    queryFn: ({ signal }) => readJson<RotationView | null>(`${base(deviceId)}/rotation`, signal),
    refetchInterval: refreshMs,
  });
}

/** Tickets for its renewal after the end, without their codes. */
export function ticketsQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "renewal-tickets"],
    queryFn: ({ signal }) =>
      readJson<readonly TicketView[]>(`${base(deviceId)}/renewal-tickets`, signal),
  });
}
