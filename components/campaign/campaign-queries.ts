import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type { CampaignDeviceState, CampaignTarget } from "#server/domain/campaign.ts";
import type {
  CampaignDeviceList,
  CampaignList,
  CampaignPreview,
  CampaignView,
} from "#server/services/campaign/view.ts";

const base = "/api/console/campaigns";
const atWorkMs = 1_000;
const waitingMs = 5_000;

/** Where a campaign is shown. */
export const campaignHref = (id: string) => `/certificates/campaigns/${encodeURIComponent(id)}`;

export const campaignKey = (id: string) => ["campaign", id] as const;

/** The campaigns page by page, newest first. `first` is what the server has rendered. */
export function campaignsQuery(first: CampaignList) {
  return infiniteQueryOptions({
    queryKey: ["campaigns"],
    queryFn: ({ pageParam, signal }) =>
      readJson<CampaignList>(
        pageParam === "" ? base : `${base}?cursor=${encodeURIComponent(pageParam)}`,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page: CampaignList) => page.next,
    initialData: { pages: [first], pageParams: [""] },
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.campaigns.some((each) => each.state === "running") === true
        ? waitingMs
        : false,
  });
}

/** One campaign: often while it runs, now and then while it stands still. */
export function campaignQuery(first: CampaignView) {
  return queryOptions({
    queryKey: [...campaignKey(first.id), "show"],
    queryFn: ({ signal }) =>
      readJson<CampaignView>(`${base}/${encodeURIComponent(first.id)}`, signal),
    initialData: first,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? atWorkMs : waitingMs),
  });
}

/** Devices of a campaign in one state, or all. */
export function campaignDevicesQuery(
  id: string,
  at: { readonly state: CampaignDeviceState | undefined; readonly isRunning: boolean },
) {
  return infiniteQueryOptions({
    queryKey: [...campaignKey(id), "devices", at.state ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: "50" });
      if (at.state !== undefined) query.set("state", at.state);
      if (pageParam !== "") query.set("cursor", pageParam);
      return readJson<CampaignDeviceList>(
        `${base}/${encodeURIComponent(id)}/devices?${query.toString()}`,
        signal,
      );
    },
    initialPageParam: "",
    getNextPageParam: (page: CampaignDeviceList) => page.next,
    refetchInterval: at.isRunning ? 2 * atWorkMs : false,
  });
}

/** What a campaign with the target would meet now. */
export function campaignPreviewQuery(target: CampaignTarget) {
  return queryOptions({
    queryKey: ["campaign-preview", target],
    queryFn: ({ signal }) =>
      askJson<CampaignPreview>("/api/console/campaign-preview", { target }, signal),
    refetchOnWindowFocus: false,
    retry: 1,
  });
}
