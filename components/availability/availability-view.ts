import { availabilityKinds, availabilityPeriods } from "#server/domain/availability.ts";

/** What the page of availability shows, as its address says; empty texts narrow nothing. */
export type AvailabilityView = {
  readonly days: number;
  readonly by: (typeof availabilityKinds)[number];
  readonly profile: string;
  readonly tag: string;
  readonly group: string;
};

/** What the devices of the page can be narrowed to. */
export type AvailabilityChoices = {
  readonly profiles: readonly { readonly id: string; readonly name: string }[];
  readonly groups: readonly { readonly id: string; readonly name: string }[];
};

const uuid = /^[0-9a-f-]{36}$/i;

/** Reads an address; what makes no sense in it is left out. */
export function viewFromParams(get: (name: string) => string | null | undefined): AvailabilityView {
  const text = (name: string): string => get(name) ?? "";
  const id = (name: string): string => (uuid.test(text(name)) ? text(name) : "");
  return {
    days: availabilityPeriods.find((days) => String(days) === text("days")) ?? 7,
    by: availabilityKinds.find((kind) => kind === text("by")) ?? "profile",
    profile: id("profile"),
    tag: text("tag").trim().slice(0, 64),
    group: id("group"),
  };
}

/** The address of a view, and what the service is asked. */
export function viewParams(view: AvailabilityView): Readonly<Record<string, string>> {
  const { days, by, profile, tag, group } = view;
  return {
    days: String(days),
    by,
    ...(profile !== "" && { profile }),
    ...(tag !== "" && { tag }),
    ...(group !== "" && { group }),
  };
}

/** The page with this view. */
export function availabilityHref(view: AvailabilityView): string {
  return `/fleet/availability?${new URLSearchParams(viewParams(view)).toString()}`;
}
