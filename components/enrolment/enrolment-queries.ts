import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  requestStates,
  type GroupDetail,
  type GroupSummary,
  type PreviewView,
  type RequestPage,
  type RequestState,
} from "#components/enrolment/views.ts";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import type { QuarantinePage } from "#server/services/onboard/list-quarantined.ts";

const groupsApi = "/api/console/enrolment-groups";
const requestsApi = "/api/console/enrolment-requests";
const quarantineApi = "/api/console/quarantine";
const refreshMs = 10_000;
/** While somebody waits for the first device. */
const watchMs = 2_000;

/** Everything that is kept about groups and requests, for `invalidateQueries`. */
export const enrolmentKey = ["enrolment"] as const;
/** The same of devices in quarantine. */
export const quarantineKey = ["quarantine"] as const;

export function groupsQuery(first: readonly GroupSummary[]) {
  return queryOptions({
    queryKey: [...enrolmentKey, "groups"],
    queryFn: ({ signal }) => readJson<readonly GroupSummary[]>(groupsApi, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

export function groupQuery(id: string, first?: GroupDetail) {
  return queryOptions({
    queryKey: [...enrolmentKey, "group", id],
    queryFn: ({ signal }) => readJson<GroupDetail>(`${groupsApi}/${id}`, signal),
    ...(first !== undefined && { initialData: first }),
    refetchInterval: refreshMs,
  });
}

/** The page of a group. */
export function groupHref({ id }: { readonly id: string }): string {
  return `/onboard/groups/${id}`;
}

/** What requests are narrowed to; an empty text narrows nothing. */
export type RequestFilter = { readonly state: RequestState | ""; readonly groupId: string };

/** Reads the filter from an address; what does not fit is left out. */
export function requestFilterFrom(read: (name: string) => string | null): RequestFilter {
  const state = read("state") ?? "pending";
  const groupId = read("group") ?? "";
  return {
    state: requestStates.find((each) => each === state) ?? "",
    groupId: /^[0-9a-f-]{36}$/.test(groupId) ? groupId : "",
  };
}

/** The filter as the service takes it. */
export function requestFilterInput(filter: RequestFilter) {
  return {
    ...(filter.state !== "" && { state: filter.state }),
    ...(filter.groupId !== "" && { groupId: filter.groupId }),
  };
}

/** The list of requests with this filter; without a state in it the address shows those that wait. */
export function requestsHref(filter: RequestFilter): string {
  const params = new URLSearchParams();
  if (filter.state !== "pending") params.set("state", filter.state === "" ? "all" : filter.state);
  if (filter.groupId !== "") params.set("group", filter.groupId);
  const query = params.toString();
  return query === "" ? "/onboard/requests" : `/onboard/requests?${query}`;
}

/** The requests page by page, newest first. `first` is what the server rendered for this filter. */
export function requestsQuery(filter: RequestFilter, first: RequestPage | undefined) {
  return infiniteQueryOptions({
    queryKey: [...enrolmentKey, "requests", filter],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams(requestFilterInput(filter));
      if (pageParam !== null) params.set("cursor", pageParam);
      return readJson<RequestPage>(`${requestsApi}?${params.toString()}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 3 ? refreshMs : false),
  });
}

/** The newest requests of one group; often while somebody waits for its first device. */
export function groupRequestsQuery(groupId: string, { watched }: { readonly watched: boolean }) {
  return queryOptions({
    queryKey: [...enrolmentKey, "requests", "of", groupId],
    queryFn: ({ signal }) => readJson<RequestPage>(`${requestsApi}?groupId=${groupId}`, signal),
    refetchInterval: watched ? watchMs : refreshMs,
  });
}

/** What a device shows in a preview. */
export type PreviewEvidence = {
  readonly certificatePem?: string;
  readonly csrPem?: string;
  readonly registrationId?: string;
  readonly serial?: string;
};

export type PreviewQuestion = PreviewEvidence & {
  readonly groupId?: string;
  readonly rules: EnrolmentRules;
};

/** What would become of a device under rules that need not be saved. */
export function previewQuery(question: PreviewQuestion | undefined) {
  return queryOptions({
    queryKey: [...enrolmentKey, "preview", question],
    queryFn: ({ signal }) => askJson<PreviewView>(`${groupsApi}/preview`, question ?? {}, signal),
    enabled: question !== undefined,
    retry: false,
  });
}

export type QuarantineFilter = { readonly batches: "none" | "all"; readonly q: string };

/** Devices in quarantine page by page. `first` is what the server rendered for this filter. */
export function quarantineQuery(filter: QuarantineFilter, first: QuarantinePage | undefined) {
  return infiniteQueryOptions({
    queryKey: [...quarantineKey, filter],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams({ batches: filter.batches, q: filter.q });
      if (pageParam !== null) params.set("cursor", pageParam);
      return readJson<QuarantinePage>(`${quarantineApi}?${params.toString()}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 3 ? refreshMs : false),
  });
}
