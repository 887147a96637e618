import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { MqttSessionView } from "#server/services/mqtt-session/view.ts";
import type { RetainedMessageView } from "#server/services/retained-message/list.ts";

/** Whose sessions: a device by its own id, a service client by UUID. */
export type SessionOwner =
  | { readonly kind: "device"; readonly deviceId: string }
  | { readonly kind: "service"; readonly id: string };

const refreshMs = 3_000;

function pathOf(owner: SessionOwner): string {
  return owner.kind === "device"
    ? `/api/console/devices/${encodeURIComponent(owner.deviceId)}`
    : `/api/console/service-clients/${owner.id}`;
}

export function sessionsQuery(owner: SessionOwner, first: readonly MqttSessionView[]) {
  return queryOptions({
    queryKey: ["mqtt-sessions", owner],
    queryFn: ({ signal }) =>
      readJson<readonly MqttSessionView[]>(`${pathOf(owner)}/sessions`, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

export function retainedQuery(deviceId: string, first: readonly RetainedMessageView[]) {
  return queryOptions({
    queryKey: ["retained", deviceId],
    queryFn: ({ signal }) =>
      readJson<readonly RetainedMessageView[]>(
        `${pathOf({ kind: "device", deviceId })}/retained`,
        signal,
      ),
    initialData: first,
    refetchInterval: refreshMs,
  });
}
