import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { ProfileTraffic } from "#server/services/profile/traffic.ts";

/** The traffic of a profile's devices against its specification. `revision`: it is asked anew when that changes. */
export function profileTrafficQuery(profileId: string, revision: number) {
  return queryOptions({
    queryKey: ["profiles", "traffic", profileId, revision],
    queryFn: ({ signal }) =>
      readJson<ProfileTraffic>(`/api/console/profiles/${profileId}/traffic`, signal),
    staleTime: 30_000,
  });
}

export function profileHref(name: string): string {
  return `/profiles/${encodeURIComponent(name)}`;
}
