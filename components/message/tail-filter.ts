import { liveOutcomes } from "#server/domain/live.ts";

const names = ["device", "profile", "outcome", "topic", "text"] as const;
export type TailFilterName = (typeof names)[number];
/** The filters as the address holds them; empty text filters nothing. */
export type TailFilters = Readonly<Record<TailFilterName, string>>;

export const noTailFilters: TailFilters = {
  device: "",
  profile: "",
  outcome: "",
  topic: "",
  text: "",
};

/** Reads the filters from an address; an outcome that there is not is left out. */
export function tailFiltersFrom(read: (name: string) => string | null): TailFilters {
  const of = (name: TailFilterName): string => read(name) ?? "";
  const outcome = liveOutcomes.find((each) => each === of("outcome")) ?? "";
  return {
    device: of("device"),
    profile: of("profile"),
    outcome,
    topic: of("topic"),
    text: of("text"),
  };
}

/** The page with these filters. */
export function tailHref(filters: Partial<TailFilters>): string {
  const params = new URLSearchParams();
  for (const name of names) {
    const value = filters[name] ?? "";
    if (value !== "") params.set(name, value);
  }
  const query = params.toString();
  return query === "" ? "/messages/live" : `/messages/live?${query}`;
}

/** Whether anything is filtered at all. */
export function isTailFiltered(filters: TailFilters): boolean {
  return names.some((name) => filters[name] !== "");
}
