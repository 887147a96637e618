import { z } from "zod";
import { certificateLives } from "#server/domain/certificate-life.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import type { MapBounds } from "#server/domain/map-grid.ts";
import { presences } from "#server/domain/presence.ts";

/** Orders of the fleet table; a leading minus turns the order round. */
export const fleetSorts = ["name", "-name", "contact", "-contact", "created", "-created"] as const;
export type FleetSort = (typeof fleetSorts)[number];

export const maxQueryLength = 1_000;
const tenYears = 10 * 366 * 86_400;

const query = z
  .string()
  .trim()
  .max(maxQueryLength, `must have at most ${maxQueryLength} characters`)
  .superRefine((text, context) => {
    const [first] = parseFleetQuery(text).problems;
    if (first !== undefined) context.addIssue({ code: "custom", message: first.message });
  });

/** Degrees of WGS 84. West may lie east of east: then the frame crosses the antimeridian. */
const mapBounds = z
  .object({
    south: z.number().min(-90).max(90),
    west: z.number().min(-180).max(180),
    north: z.number().min(-90).max(90),
    east: z.number().min(-180).max(180),
  })
  .refine(({ south, north }) => south <= north, { message: "south must not lie north of north" });

/** What the fleet table is narrowed to: all of it must hold. An empty list narrows nothing. */
export const fleetFilterSchema = z.object({
  /** Part of a name or device id, as it stands. */
  text: z.string().trim().max(128, "must have at most 128 characters").default(""),
  /** In the language of server/domain/fleet-query.ts. */
  query: query.default(""),
  presence: z.array(z.enum(presences)).max(presences.length).default([]),
  profileIds: z.array(z.uuid()).max(50).default([]),
  certificate: z.array(z.enum(certificateLives)).max(certificateLives.length).default([]),
  /** UUID of a gateway: the devices behind it. */
  gatewayId: z.uuid().optional(),
  /** Devices with one of these tags. */
  tags: z.array(z.string().min(1).max(64)).max(50).default([]),
  /** Devices with one of these versions, as they say it. */
  firmware: z.array(z.string().min(1).max(128)).max(50).default([]),
  /** Devices of one of these groups. */
  groupIds: z.array(z.uuid()).max(20).default([]),
  location: z.enum(["known", "unknown"]).optional(),
  bounds: mapBounds.optional(),
  /** Seconds: the last contact was longer ago. Those never seen do not match. */
  contactBefore: z.coerce.number().int().min(1).max(tenYears).optional(),
  /** Seconds: the last contact was within them. */
  contactWithin: z.coerce.number().int().min(1).max(tenYears).optional(),
});
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
  listOf(text)
    .filter((id) => z.uuid().safeParse(id).success)
    .slice(0, most);

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
  const { shape } = fleetFilterSchema;
  const found = {
    gatewayId: shape.gatewayId.safeParse(params.get("gateway")).data,
    location: shape.location.safeParse(params.get("location")).data,
    bounds: boundsFrom(params.get("bounds")),
    contactBefore: shape.contactBefore.safeParse(params.get("before") ?? undefined).data,
    contactWithin: shape.contactWithin.safeParse(params.get("within") ?? undefined).data,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined),
  ) as Singles;
}

/** `south,west,north,east`. */
function boundsFrom(text: string | null): MapBounds | undefined {
  const [south, west, north, east, ...more] = (text ?? "").split(",");
  if (more.length > 0 || [south, west, north, east].includes("")) return undefined;
  const numbers = {
    south: Number(south),
    west: Number(west),
    north: Number(north),
    east: Number(east),
  };
  return mapBounds.safeParse(numbers).data;
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
