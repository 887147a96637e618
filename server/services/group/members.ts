import { z } from "zod";
import { everyDevice, fleetSorts } from "#server/domain/fleet-filter.ts";
import type { Context } from "#server/services/context.ts";
import { listDevices, type DeviceList } from "#server/services/device/list.ts";
import { showGroup } from "#server/services/group/show.ts";
import { groupTargetSchema } from "#server/services/group/schemas.ts";
import { parseInput } from "#server/services/input.ts";

const input = groupTargetSchema.extend({
  sort: z.enum(fleetSorts).default("name"),
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200, "must be at most 200").default(50),
});

/**
 * The devices of a group, page by page.
 * @throws ServiceError not_found, invalid
 */
async function members(ctx: Context, raw: z.input<typeof input>): Promise<DeviceList> {
  const { groupId, cursor, ...page } = parseInput(input, raw);
  const { id } = await showGroup(ctx, { groupId });
  const filter = { ...everyDevice.filter, groupIds: [id] };
  return listDevices(ctx, { filter, ...page, ...(cursor !== undefined && { cursor }) });
}

export const listGroupMembers = Object.assign(members, { input });
