import { z } from "zod";
import { certificateLives } from "#server/domain/certificate-life.ts";
import { presences } from "#server/domain/presence.ts";

/** Orders of the fleet table; a leading minus turns the order round. */
export const fleetSorts = ["name", "-name", "contact", "-contact", "created", "-created"] as const;
export type FleetSort = (typeof fleetSorts)[number];

/** What the fleet table is narrowed to. An empty list narrows nothing. */
export const fleetFilterSchema = z.object({
  /** Part of a name or device id. */
  text: z.string().trim().max(128, "must have at most 128 characters").default(""),
  presence: z.array(z.enum(presences)).max(presences.length).default([]),
  profileIds: z.array(z.uuid()).max(50).default([]),
  certificate: z.array(z.enum(certificateLives)).max(certificateLives.length).default([]),
  /** UUID of a gateway: the devices behind it. */
  gatewayId: z.uuid().optional(),
});
export type FleetFilter = z.output<typeof fleetFilterSchema>;

export type FleetView = { readonly filter: FleetFilter; readonly sort: FleetSort };

export const everyDevice: FleetView = {
  filter: { text: "", presence: [], profileIds: [], certificate: [] },
  sort: "name",
};

type Params = { get(name: string): string | null };

const listOf = (text: string | null): string[] =>
  text === null ? [] : text.split(",").filter((part) => part !== "");

/** Keeps the entries that are allowed, so that an old or mangled link shows what it still can. */
function keep<T extends string>(texts: readonly string[], allowed: readonly T[]): T[] {
  return allowed.filter((entry) => texts.includes(entry));
}

/** Reads the table's state from an address; what it does not know it leaves out. */
export function fleetViewFromParams(params: Params): FleetView {
  const sort = fleetSorts.find((entry) => entry === params.get("sort")) ?? "name";
  return {
    sort,
    filter: {
      text: (params.get("q") ?? "").trim().slice(0, 128),
      presence: keep(listOf(params.get("presence")), presences),
      profileIds: listOf(params.get("profile"))
        .filter((id) => z.uuid().safeParse(id).success)
        .slice(0, 50),
      certificate: keep(listOf(params.get("certificate")), certificateLives),
      ...gatewayFrom(params.get("gateway")),
    },
  };
}

function gatewayFrom(text: string | null): Pick<FleetFilter, "gatewayId"> {
  const gatewayId = z.uuid().safeParse(text).data;
  return gatewayId === undefined ? {} : { gatewayId };
}

/** The address of a table's state; a state like {@link everyDevice} has an empty one. */
export function fleetViewToParams(view: FleetView): URLSearchParams {
  const params = new URLSearchParams();
  if (view.filter.text !== "") params.set("q", view.filter.text);
  if (view.filter.presence.length > 0) params.set("presence", view.filter.presence.join(","));
  if (view.filter.profileIds.length > 0) params.set("profile", view.filter.profileIds.join(","));
  if (view.filter.certificate.length > 0) {
    params.set("certificate", view.filter.certificate.join(","));
  }
  if (view.filter.gatewayId !== undefined) params.set("gateway", view.filter.gatewayId);
  if (view.sort !== "name") params.set("sort", view.sort);
  return params;
}

/** Whether anything is narrowed. */
export function isNarrowed(filter: FleetFilter): boolean {
  const lists = [filter.presence, filter.profileIds, filter.certificate];
  return (
    filter.text !== "" || filter.gatewayId !== undefined || lists.some((list) => list.length > 0)
  );
}
