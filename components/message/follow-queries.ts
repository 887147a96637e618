import { queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type { FollowedMessages } from "#server/services/message/followed.ts";

export const followWays = ["id", "time", "text"] as const;
export type FollowWay = (typeof followWays)[number];

/** How far back a search looks, in days. */
export const followDays = [1, 7, 31] as const;

/** A search as the address holds it; empty text asks for nothing. */
export type FollowSearch = {
  readonly way: FollowWay;
  readonly id: string;
  readonly device: string;
  /** Epoch milliseconds. */
  readonly at: string;
  readonly window: string;
  readonly text: string;
  readonly days: string;
};

const noSearch: FollowSearch = {
  way: "id",
  id: "",
  device: "",
  at: "",
  window: "5",
  text: "",
  days: "1",
};

/** Reads a search from an address; what it asks for says by which way. */
export function followSearchFrom(read: (name: string) => string | null): FollowSearch {
  const of = (name: Exclude<keyof FollowSearch, "way">): string => read(name) ?? noSearch[name];
  const way = of("text") !== "" ? "text" : of("at") !== "" ? "time" : "id";
  return {
    way,
    id: of("id"),
    device: of("device"),
    at: epochOf(of("at")),
    window: of("window"),
    text: of("text"),
    days: of("days"),
  };
}

/** Links say a time as ISO 8601, too. */
function epochOf(text: string): string {
  if (text === "" || /^\d+$/.test(text)) return text;
  const at = Date.parse(text);
  return Number.isNaN(at) ? "" : String(at);
}

/** The parts of a search that its way needs; undefined while it asks for nothing. */
export function followParams(search: FollowSearch): URLSearchParams | undefined {
  const { way, device } = search;
  const params = new URLSearchParams();
  const set = (name: keyof FollowSearch, value = search[name]): void => {
    if (value !== "") params.set(name, value);
  };
  if (way === "time") {
    if (search.at === "" || device === "") return undefined;
    set("device");
    set("at");
    set("window");
    return params;
  }
  const sought = search[way];
  if (sought.trim() === "") return undefined;
  set(way);
  set("device");
  if (search.days !== noSearch.days) set("days");
  return params;
}

/** The page that shows a search's answer. */
export function followHref(search: Partial<FollowSearch>): string {
  const params = followParams({ ...noSearch, ...search });
  return params === undefined ? "/messages/follow" : `/messages/follow?${params.toString()}`;
}

const dayMs = 86_400_000;

/** What became of a message. Searching is recorded, therefore once and only when asked. */
export function followQuery(search: FollowSearch) {
  const params = followParams(search);
  return queryOptions({
    queryKey: ["messages", "follow", params?.toString() ?? ""],
    queryFn: ({ signal }) => {
      const asked = new URLSearchParams(params);
      const days = Number(search.days);
      asked.delete("days");
      if (search.way !== "time") asked.set("from", String(Date.now() - days * dayMs));
      return readJson<FollowedMessages>(`/api/console/messages/follow?${asked.toString()}`, signal);
    },
    enabled: params !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
