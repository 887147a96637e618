import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { OfferView } from "#server/services/transfer/list.ts";

/** Offers of a device, without their codes. */
export function offersQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "offers"],
    queryFn: ({ signal }) =>
      readJson<readonly OfferView[]>(
        `/api/console/devices/${encodeURIComponent(deviceId)}/offers`,
        signal,
      ),
    refetchInterval: 10_000,
  });
}
