export const directions = ["inbound", "outbound"] as const;
export type Direction = (typeof directions)[number];

/** The filters of the groups, as the address holds them. */
export type GroupView = {
  readonly state: "open" | "all";
  /** Empty: both. */
  readonly direction: Direction | "";
  readonly q: string;
};

export const everyOpenGroup: GroupView = { state: "open", direction: "", q: "" };

type Read = { readonly get: (name: string) => string | null };

export function groupViewFrom(params: Read): GroupView {
  const direction = directions.find((each) => each === params.get("direction"));
  return {
    state: params.get("state") === "all" ? "all" : "open",
    direction: direction ?? "",
    q: (params.get("q") ?? "").trim().slice(0, 128),
  };
}

/** What differs from the page without filters. */
export function groupViewParams({ state, direction, q }: GroupView): URLSearchParams {
  const params = new URLSearchParams();
  if (state === "all") params.set("state", state);
  if (direction !== "") params.set("direction", direction);
  if (q !== "") params.set("q", q);
  return params;
}
