import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { TlsPosture } from "#server/services/tls/show.ts";
import type { TlsProbeCellView, TlsProbeRunView } from "#server/services/tls/show-probe.ts";

/** A probe with its answers. */
export type TlsProbe = TlsProbeRunView & { readonly answers: readonly TlsProbeCellView[] };

export const tlsKey = ["tls"] as const;

export function postureQuery(first: TlsPosture) {
  return queryOptions({
    queryKey: [...tlsKey, "posture"],
    queryFn: ({ signal }) => readJson<TlsPosture>("/api/console/tls", signal),
    initialData: first,
    refetchInterval: 30_000,
  });
}

/** @param isAwaited one was asked for just now */
export function probesQuery(first: readonly TlsProbeRunView[], isAwaited: boolean) {
  return queryOptions({
    queryKey: [...tlsKey, "probes"],
    queryFn: ({ signal }) =>
      readJson<readonly TlsProbeRunView[]>("/api/console/tls/probes", signal),
    initialData: first,
    refetchInterval: isAwaited ? 1_000 : 15_000,
  });
}

/** @param id of the probe; undefined when there is none */
export function probeQuery(id: string | undefined, first: TlsProbe | null) {
  return queryOptions({
    queryKey: [...tlsKey, "probe", id],
    queryFn: ({ signal }) =>
      readJson<TlsProbe>(`/api/console/tls/probes/${encodeURIComponent(id ?? "")}`, signal),
    enabled: id !== undefined,
    // What a finished probe found does not change.
    staleTime: Infinity,
    ...(first !== null && first.id === id && { initialData: first }),
  });
}
