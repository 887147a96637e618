import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { DeviceAudit } from "#server/services/device/audit.ts";
import type { BlastRadius } from "#server/services/device/blast-radius.ts";
import type { CertificateSummary } from "#server/services/device/certificates.ts";
import type { Refusal } from "#server/services/device/refusals.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";

const base = (deviceId: string) => `/api/console/devices/${encodeURIComponent(deviceId)}`;
const refreshMs = 5_000;

/** One device; presence changes with time alone, so it is asked for again. */
export function deviceQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "show"],
    queryFn: ({ signal }) => readJson<DeviceDetail>(base(deviceId), signal),
    refetchInterval: refreshMs,
  });
}

export function certificatesQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "certificates"],
    queryFn: ({ signal }) =>
      readJson<readonly CertificateSummary[]>(`${base(deviceId)}/certificates`, signal),
  });
}

export function refusalsQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "refusals"],
    queryFn: ({ signal }) => readJson<readonly Refusal[]>(`${base(deviceId)}/refusals`, signal),
    refetchInterval: refreshMs,
  });
}

export function blastRadiusQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "blast-radius"],
    queryFn: ({ signal }) => readJson<BlastRadius>(`${base(deviceId)}/blast-radius`, signal),
  });
}

export function auditQuery(deviceId: string, first: DeviceAudit) {
  return infiniteQueryOptions({
    queryKey: ["device", deviceId, "audit"],
    queryFn: ({ pageParam, signal }) =>
      readJson<DeviceAudit>(
        `${base(deviceId)}/audit${pageParam === null ? "" : `?before=${pageParam}`}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    initialData: { pages: [first], pageParams: [null] },
  });
}
