import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { DeviceAudit } from "#server/services/device/audit.ts";
import type { BlastRadius } from "#server/services/device/blast-radius.ts";
import type { CertificateSummary } from "#server/services/device/certificates.ts";
import type { DeviceCredentialView } from "#server/services/device/credentials.ts";
import type { Refusal } from "#server/services/device/refusals.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";
import type { PresenceHistoryView } from "#server/services/presence/history.ts";
import type { DeviceTimeline } from "#server/services/device/timeline.ts";

const base = (deviceId: string) => `/api/console/devices/${encodeURIComponent(deviceId)}`;
const refreshMs = 5_000;
const timelineMs = 2_000;
const presenceMs = 15_000;

/** One device; presence changes with time alone, so it is asked for again. */
export function deviceQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "show"],
    queryFn: ({ signal }) => readJson<DeviceDetail>(base(deviceId), signal),
    refetchInterval: refreshMs,
  });
}

/** How a device was; what changes now is told live. */
export function presenceQuery(deviceId: string, hours: number) {
  return queryOptions({
    queryKey: ["device", deviceId, "presence", hours],
    queryFn: ({ signal }) =>
      readJson<PresenceHistoryView>(`${base(deviceId)}/presence?hours=${hours}`, signal),
    refetchInterval: presenceMs,
  });
}

export function certificatesQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "certificates"],
    queryFn: ({ signal }) =>
      readJson<readonly CertificateSummary[]>(`${base(deviceId)}/certificates`, signal),
  });
}

/** SAS keys and tokens, without their secrets. */
export function credentialsQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "credentials"],
    queryFn: ({ signal }) =>
      readJson<readonly DeviceCredentialView[]>(`${base(deviceId)}/credentials`, signal),
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

/** What happened to the connections. The worker writes it within a second of telling it live. */
export function timelineQuery(deviceId: string, first: DeviceTimeline) {
  return infiniteQueryOptions({
    queryKey: ["device", deviceId, "timeline"],
    queryFn: ({ pageParam, signal }) => {
      const before = pageParam === null ? "" : `?before=${encodeURIComponent(pageParam)}`;
      return readJson<DeviceTimeline>(`${base(deviceId)}/timeline${before}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    initialData: { pages: [first], pageParams: [null] },
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : timelineMs),
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
