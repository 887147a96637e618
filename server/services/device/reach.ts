import type { Tx } from "#server/db/client.ts";
import { findDashboardNames, type DashboardNames } from "#server/db/find-dashboard-names.ts";
import { findGroupsAmong } from "#server/db/find-groups-among.ts";
import { findSelectedAmong } from "#server/db/find-selected-among.ts";
import { resolveFleetFilter, type ResolvedFilter } from "#server/db/resolve-fleet-filter.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import { parseFleetQuery } from "#server/domain/fleet-query.ts";
import type { GroupAsks, Reach, ReachedGroup } from "#server/domain/reach.ts";
import { isUuid } from "#server/domain/uuid.ts";
import type { Context } from "#server/services/context.ts";

/** So many groups and dashboards are looked through; an answer must not make a dialog wait. */
const mostGroups = 100;
const mostDashboards = 500;
const shownDashboards = 20;

type Named = { readonly id: string; readonly name: string };

/** The devices whose change is thought of. */
type Chosen = {
  readonly selection: DeviceSelection;
  /** Some of them, or all: groups are asked about these. UUIDs. */
  readonly sample: readonly string[];
  /** Those that they have. */
  readonly profiles: readonly Named[];
};

/** Which groups and dashboards hang on devices: whatever names them, their profiles or their groups. */
export async function reachOf(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "actor" | "now">,
  chosen: Chosen,
): Promise<Reach> {
  const at = { tenantId: ctx.tenantId, now: ctx.now() };
  const groups = await groupsOf(tx, { ...at, sample: chosen.sample });
  const members = groups.filter(({ hasMembers }) => hasMembers);
  const all = await findDashboardNames(tx, { ...at, most: mostDashboards + 1 });
  const named = [...new Set(all.flatMap(({ devices }) => devices))].filter(isUuid);
  const devices = await findSelectedAmong(tx, chosen.selection, { ...at, ids: named });
  const dashboards = all
    .slice(0, mostDashboards)
    .filter((each) => hangsOn(each, { devices, groups: members, profiles: chosen.profiles }));
  const own = ctx.actor.type === "user" ? ctx.actor.id : "";
  return {
    groups: groups
      .slice(0, mostGroups)
      .filter(({ hasMembers, asks }) => hasMembers || asksAny(asks)),
    groupsAskedOf: chosen.sample.length,
    dashboards: dashboards.slice(0, shownDashboards).map(({ id, name, sharing, ownerId }) => ({
      id,
      name: sharing !== "private" || ownerId === own ? name : null,
    })),
    otherDashboards: Math.max(0, dashboards.length - shownDashboards),
    isPartial: groups.length > mostGroups || all.length > mostDashboards,
  };
}

/** The groups by name, one more than is looked through where there are more. */
async function groupsOf(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date; readonly sample: readonly string[] },
): Promise<readonly ReachedGroup[]> {
  const rows = await tx.deviceGroup.findMany({
    where: { tenantId: at.tenantId },
    orderBy: { name: "asc" },
    take: mostGroups + 1,
    select: { id: true, name: true, filter: true },
  });
  const groups: (Named & { readonly filter: ResolvedFilter })[] = [];
  for (const { id, name, filter: stored } of rows) {
    const filter = fleetFilterSchema.safeParse(stored).data;
    if (filter === undefined) continue;
    groups.push({ id, name, filter: await resolveFleetFilter(tx, at.tenantId, filter, "few") });
  }
  const found = await findGroupsAmong(tx, groups, { ...at, deviceIds: at.sample });
  return groups.map(({ id, name, filter }) => ({
    id,
    name,
    hasMembers: found.has(id),
    asks: asksOf(filter),
  }));
}

const asksAny = ({ presence, profile, place, tags }: GroupAsks): boolean =>
  presence || profile || place || tags.length > 0;

function asksOf({ tests, decommissioned }: ResolvedFilter): GroupAsks {
  const inner = tests.flatMap((test) => (test.kind === "groups" ? test.filters.map(asksOf) : []));
  const has = (...kinds: readonly string[]) => tests.some(({ kind }) => kinds.includes(kind));
  const tags = tests.flatMap((test) => (test.kind === "tags" ? test.values : []));
  return {
    presence: decommissioned || has("presence") || inner.some(({ presence }) => presence),
    profile: has("profiles") || inner.some(({ profile }) => profile),
    place: has("places") || inner.some(({ place }) => place),
    tags: [...new Set([...tags, ...inner.flatMap((each) => each.tags)])],
  };
}

type Reached = {
  readonly devices: ReadonlySet<string>;
  readonly groups: readonly Named[];
  readonly profiles: readonly Named[];
};

/** Whether a dashboard names one of them: by its id, or by its name in a query. */
function hangsOn(
  dashboard: Pick<DashboardNames, "devices" | "groups" | "profiles" | "queries">,
  { devices, groups, profiles }: Reached,
): boolean {
  if (dashboard.devices.some((id) => devices.has(id))) return true;
  const hasId = (ids: readonly string[], named: readonly Named[]) =>
    named.some(({ id }) => ids.includes(id));
  if (hasId(dashboard.groups, groups) || hasId(dashboard.profiles, profiles)) return true;
  return dashboard.queries.some((query) =>
    parseFleetQuery(query).terms.some((term) => {
      if (term.kind !== "group" && term.kind !== "profile") return false;
      const wanted = term.values.map((value) => value.toLowerCase());
      const named = term.kind === "group" ? groups : profiles;
      return named.some(({ name }) => wanted.includes(name.toLowerCase()));
    }),
  );
}
