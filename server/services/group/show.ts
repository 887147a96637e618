import { countDevices } from "#server/db/count-devices.ts";
import { resolveFleetFilter, type UnknownName } from "#server/db/resolve-fleet-filter.ts";
import { requireGroup } from "#server/services/group/internal.ts";
import { groupTargetSchema } from "#server/services/group/schemas.ts";
import { usesOfGroup, type GroupUse } from "#server/services/group/uses.ts";
import type { GroupView } from "#server/services/group/view.ts";
import { defineQuery } from "#server/services/query.ts";

export type GroupDetail = GroupView & {
  readonly members: number;
  /** Names in its filter that nothing has: because of them it has no members. */
  readonly unknown: readonly UnknownName[];
  readonly uses: readonly GroupUse[];
};

/** More than an organisation has. */
const bound = 10_000_000;

/** @throws ServiceError not_found */
export const showGroup = defineQuery({
  name: "group.show",
  can: "fleet.view",
  input: groupTargetSchema,
  run: async ({ ctx, tx, input }): Promise<GroupDetail> => {
    const group = await requireGroup(tx, ctx, input.groupId);
    const at = { tenantId: ctx.tenantId, now: ctx.now() };
    const filter = await resolveFleetFilter(tx, at.tenantId, group.filter);
    return {
      ...group,
      members: await countDevices(tx, { ...at, filter, bound }),
      unknown: filter.unknown,
      uses: await usesOfGroup(tx, ctx, group),
    };
  },
});
