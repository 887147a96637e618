import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type { BulkDeviceState } from "#server/domain/bulk-action.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { BulkDeviceList, BulkImpact, BulkJobDetail } from "#server/services/bulk/view.ts";
import type { ExportView } from "#server/services/export/view.ts";
import type { WorkList } from "#server/services/work/view.ts";

const atWorkMs = 1_000;
const waitingMs = 5_000;

/** All that is read of background work. */
export const workKey = ["work"] as const;

export const bulkHref = (id: string) => `/work/bulk/${encodeURIComponent(id)}`;
export const exportHref = (id: string) => `/work/exports/${encodeURIComponent(id)}`;
export const exportFileHref = (id: string) => `/api/v1/exports/${encodeURIComponent(id)}/file`;
export const bulkReportHref = (id: string) => `/api/v1/bulk-jobs/${encodeURIComponent(id)}/report`;

/** Whether a worker has it, or will. */
export const isOpen = ({ state }: { readonly state: string }) =>
  state === "queued" || state === "running";

/** Background work page by page, newest first. `first` is what the server has rendered. */
export function workListQuery(first: WorkList) {
  return infiniteQueryOptions({
    queryKey: [...workKey, "list"],
    queryFn: ({ pageParam, signal }) =>
      readJson<WorkList>(
        `/api/console/work${pageParam === "" ? "" : `?cursor=${encodeURIComponent(pageParam)}`}`,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page: WorkList) => page.next,
    initialData: { pages: [first], pageParams: [""] },
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.work.some((each) => isOpen(each.work)) === true
        ? 2 * atWorkMs
        : 2 * waitingMs,
  });
}

/** One bulk job: often while it runs. */
export function bulkJobQuery(id: string) {
  return queryOptions({
    queryKey: [...workKey, "bulk", id],
    queryFn: ({ signal }) =>
      readJson<BulkJobDetail>(`/api/console/bulk-jobs/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) =>
      state.data === undefined || isOpen(state.data) ? atWorkMs : false,
  });
}

/** What became of its devices, of one state or all. */
export function bulkDevicesQuery(
  id: string,
  at: { readonly state: BulkDeviceState | undefined; readonly isOpen: boolean },
) {
  return infiniteQueryOptions({
    queryKey: [...workKey, "bulk", id, "devices", at.state ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: "50" });
      if (at.state !== undefined) query.set("state", at.state);
      if (pageParam !== "") query.set("cursor", pageParam);
      return readJson<BulkDeviceList>(
        `/api/console/bulk-jobs/${encodeURIComponent(id)}/devices?${query.toString()}`,
        signal,
      );
    },
    initialPageParam: "",
    getNextPageParam: (page: BulkDeviceList) => page.next,
    refetchInterval: at.isOpen ? 2 * atWorkMs : false,
  });
}

/** One export: often while it runs. */
export function exportQuery(id: string) {
  return queryOptions({
    queryKey: [...workKey, "export", id],
    queryFn: ({ signal }) =>
      readJson<ExportView>(`/api/console/exports/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) =>
      state.data === undefined || isOpen(state.data) ? atWorkMs : false,
  });
}

/** How far a change of the selection reaches. */
export function bulkImpactQuery(selection: DeviceSelection) {
  return queryOptions({
    queryKey: [...workKey, "impact", selection],
    queryFn: ({ signal }) => askJson<BulkImpact>("/api/console/bulk-impact", { selection }, signal),
    refetchOnWindowFocus: false,
    retry: 1,
    // What a dialog confirms was counted when it was opened.
    staleTime: 0,
    gcTime: 0,
  });
}

/** The profiles to choose from. */
export function profileNamesQuery() {
  return queryOptions({
    queryKey: [...workKey, "profiles"],
    queryFn: ({ signal }) =>
      readJson<readonly { readonly id: string; readonly name: string }[]>(
        "/api/console/profile-names",
        signal,
      ),
  });
}
