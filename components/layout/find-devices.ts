import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";

type Found = { readonly id: string; readonly deviceId: string; readonly name: string };

/** The first devices whose name, id or serial has the text. */
export function findDevicesQuery(text: string) {
  const query = new URLSearchParams({ q: text, limit: "8" });
  return queryOptions({
    queryKey: ["devices", "find", text],
    queryFn: ({ signal }) =>
      readJson<readonly Found[]>(`/api/console/devices?${query.toString()}`, signal),
  });
}
