import type { z } from "zod";
import { certificateLives } from "#server/domain/certificate-life.ts";
import type { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import type { MapBounds } from "#server/domain/map-grid.ts";
import { presences } from "#server/domain/presence.ts";
import { isUuid } from "#server/domain/uuid.ts";

/** Orders of the fleet table; a leading minus turns the order round. */
export const fleetSorts = ["name", "-name", "contact", "-contact", "created", "-created"] as const;
export type FleetSort = (typeof fleetSorts)[number];

export const maxQueryLength = 1_000;
/** Ten years in seconds. */
export const longestContact = 10 * 366 * 86_400;

/** What the fleet table is narrowed to: all of it must hold. An empty list narrows nothing. */
export type FleetFilter = z.output<typeof fleetFilterSchema>;

export type FleetView = { readonly filter: FleetFilter; readonly sort: FleetSort };

export const everyDevice: FleetView = {
  filter: {
    text: "",
    query: "",
    presence: [],
    profileIds: [],
    certificate: [],
    tags: [],
    firmware: [],
    groupIds: [],
  },
  sort: "name",
};

type Params = { get(name: string): string | null };

const listOf = (text: string | null): string[] =>
  text === null ? [] : text.split(",").filter((part) => part !== "");

/** Keeps the entries that are allowed, so that an old or mangled link shows what it still can. */
function keep<T extends string>(texts: readonly string[], allowed: readonly T[]): T[] {
  return allowed.filter((entry) => texts.includes(entry));
}

const uuidsOf = (text: string | null, most: number): string[] =>
  listOf(text).filter(isUuid).slice(0, most);

const textsOf = (text: string | null, longest: number): string[] =>
  listOf(text)
    .filter((part) => part.length <= longest)
    .slice(0, 50);

/**
 * Reads the table's state from an address; what it does not know it leaves out. A query that
 * cannot be understood stays: whoever shows it says what is wrong with it.
 */
export function fleetViewFromParams(params: Params): FleetView {
  const sort = fleetSorts.find((entry) => entry === params.get("sort")) ?? "name";
  return {
    sort,
    filter: {
      text: (params.get("text") ?? "").trim().slice(0, 128),
      query: (params.get("q") ?? "").trim().slice(0, maxQueryLength),
      presence: keep(listOf(params.get("presence")), presences),
      profileIds: uuidsOf(params.get("profile"), 50),
      certificate: keep(listOf(params.get("certificate")), certificateLives),
      tags: textsOf(params.get("tag"), 64),
      firmware: textsOf(params.get("firmware"), 128),
      groupIds: uuidsOf(params.get("group"), 20),
      ...singlesFrom(params),
    },
  };
}

type Singles = Pick<
  FleetFilter,
  "gatewayId" | "location" | "bounds" | "contactBefore" | "contactWithin"
>;

function singlesFrom(params: Params): Singles {
  const gateway = params.get("gateway") ?? "";
  const found = {
    gatewayId: isUuid(gateway) ? gateway : undefined,
    location: (["known", "unknown"] as const).find((entry) => entry === params.get("location")),
    bounds: boundsFrom(params.get("bounds")),
    contactBefore: secondsFrom(params.get("before")),
    contactWithin: secondsFrom(params.get("within")),
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined),
  ) as Singles;
}

function secondsFrom(text: string | null): number | undefined {
  const seconds = Number(text ?? 0);
  const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= longestContact;
  return fits ? seconds : undefined;
}

/** `south,west,north,east`. */
function boundsFrom(text: string | null): MapBounds | undefined {
  const [south, west, north, east, ...more] = (text ?? "").split(",");
  if (more.length > 0 || [south, west, north, east].includes("")) return undefined;
  const bounds = {
    south: Number(south),
    west: Number(west),
    north: Number(north),
    east: Number(east),
  };
  const isOnEarth =
    Math.abs(bounds.west) <= 180 &&
    Math.abs(bounds.east) <= 180 &&
    bounds.south >= -90 &&
    bounds.south <= bounds.north &&
    bounds.north <= 90;
  return isOnEarth ? bounds : undefined;
}

/** The address of a table's state; a state like {@link everyDevice} has an empty one. */
export function fleetViewToParams(view: FleetView): URLSearchParams {
  const { filter } = view;
  const { bounds } = filter;
  const entries: readonly (readonly [string, string | undefined])[] = [
    ["q", filter.query],
    ["text", filter.text],
    ["presence", filter.presence.join(",")],
    ["profile", filter.profileIds.join(",")],
    ["certificate", filter.certificate.join(",")],
    ["tag", filter.tags.join(",")],
    ["firmware", filter.firmware.join(",")],
    ["group", filter.groupIds.join(",")],
    ["gateway", filter.gatewayId],
    ["location", filter.location],
    [
      "bounds",
      bounds && [bounds.south, bounds.west, bounds.north, bounds.east].map(String).join(","),
    ],
    ["before", filter.contactBefore?.toString()],
    ["within", filter.contactWithin?.toString()],
    ["sort", view.sort === "name" ? "" : view.sort],
  ];
  const params = new URLSearchParams();
  for (const [name, value] of entries) {
    if (value !== undefined && value !== "") params.set(name, value);
  }
  return params;
}

/** What a page of the table depends on: its state and the metrics beside each device. */
export function fleetListParams(view: FleetView, metrics: readonly string[]): URLSearchParams {
  const params = fleetViewToParams(view);
  if (metrics.length > 0) params.set("metric", metrics.join(","));
  return params;
}

/** Whether anything is narrowed. */
export function isNarrowed(filter: FleetFilter): boolean {
  return fleetViewToParams({ filter, sort: "name" }).size > 0;
}
