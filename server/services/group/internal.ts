import type { Tx } from "#server/db/client.ts";
import { lockGroups } from "#server/db/lock-groups.ts";
import { maxGroupDepth } from "#server/db/resolve-fleet-filter.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import { queryNamesGroup } from "#server/domain/mentions-group.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { groupColumns, groupView, type GroupView } from "#server/services/group/view.ts";

type At = Pick<Context, "tenantId">;

/** How the audit trail names a group. */
export function groupTargetOf({ name }: Pick<GroupView, "name">): string {
  return `group:${name}`;
}

/** @throws ServiceError not_found */
export async function requireGroup(tx: Tx, { tenantId }: At, id: string): Promise<GroupView> {
  const row = await tx.deviceGroup.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: groupColumns,
  });
  if (row !== null) return groupView(row);
  throw new ServiceError("not_found", "There is no such group.", {
    remedy: "Look at the list of groups: somebody may have removed it.",
  });
}

/** @throws ServiceError conflict when another group has the name, whatever its case */
export async function requireFreeGroupName(
  tx: Tx,
  { tenantId }: At,
  wanted: { readonly name: string; readonly id?: string },
): Promise<void> {
  const taken = await tx.deviceGroup.findFirst({
    where: { tenantId, name: { equals: wanted.name, mode: "insensitive" } },
    select: { id: true },
  });
  if (taken === null || taken.id === wanted.id) return;
  const message = `There is a group “${wanted.name}” already.`;
  throw new ServiceError("conflict", message, {
    remedy: "Choose another name.",
    fields: [{ path: "name", message }],
  });
}

type Known = { readonly id: string; readonly name: string; readonly filter: FleetFilter };

/**
 * Checks that the groups a filter names exist, do not lead back to the group itself and are not
 * nested too deep. The organisation's groups are locked first: two changes that are right alone
 * could make a circle together.
 * @throws ServiceError invalid
 */
export async function requireSoundNesting(
  tx: Tx,
  { tenantId }: At,
  group: { readonly id: string; readonly filter: FleetFilter },
): Promise<void> {
  await lockGroups(tx, tenantId);
  const rows = await tx.deviceGroup.findMany({
    where: { tenantId },
    select: { id: true, name: true, filter: true },
  });
  const known = rows
    .filter(({ id }) => id !== group.id)
    .flatMap(({ id, name, filter }): Known[] => {
      const read = fleetFilterSchema.safeParse(filter).data;
      return read === undefined ? [] : [{ id, name, filter: read }];
    });
  const own = rows.find(({ id }) => id === group.id);
  const all = [...known, { id: group.id, name: own?.name ?? "", filter: group.filter }];
  for (const id of group.filter.groupIds) {
    if (!all.some((each) => each.id === id))
      refuse("The filter names a group that does not exist.");
  }
  if (leadsTo(all, group.filter, group.id, 0)) {
    refuse("The group would be part of itself, by the groups that its filter names.");
  }
  const deepest = Math.max(...all.map(({ filter }) => depthOf(all, filter, 0)));
  if (deepest > maxGroupDepth) {
    refuse(`Groups can be nested ${maxGroupDepth} deep; this would be deeper.`);
  }
}

function refuse(message: string): never {
  throw new ServiceError("invalid", message, {
    remedy: "Change the filter, or name other groups in it.",
    fields: [{ path: "filter", message }],
  });
}

function namedBy(all: readonly Known[], filter: FleetFilter): readonly Known[] {
  return all.filter(
    ({ id, name }) =>
      filter.groupIds.includes(id) || (name !== "" && queryNamesGroup(filter.query, name)),
  );
}

function leadsTo(all: readonly Known[], filter: FleetFilter, id: string, depth: number): boolean {
  if (depth > maxGroupDepth + 1) return false;
  return namedBy(all, filter).some(
    (each) => each.id === id || leadsTo(all, each.filter, id, depth + 1),
  );
}

function depthOf(all: readonly Known[], filter: FleetFilter, depth: number): number {
  if (depth > maxGroupDepth + 1) return depth;
  return namedBy(all, filter).reduce(
    (most, each) => Math.max(most, depthOf(all, each.filter, depth + 1)),
    depth,
  );
}
