import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { PaletteFinds } from "#server/services/palette/find.ts";

/** Devices, tags, groups and dashboards for a few letters. */
export function paletteQuery(text: string) {
  const query = new URLSearchParams({ q: text });
  return queryOptions({
    queryKey: ["palette", text],
    queryFn: ({ signal }) =>
      readJson<PaletteFinds>(`/api/console/palette?${query.toString()}`, signal),
    enabled: text !== "",
  });
}
