import { randomUUID } from "node:crypto";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import {
  groupTargetOf,
  requireFreeGroupName,
  requireSoundNesting,
} from "#server/services/group/internal.ts";
import { createGroupSchema, maxGroups } from "#server/services/group/schemas.ts";
import { groupColumns, groupView } from "#server/services/group/view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Makes a dynamic group of a filter: whatever matches it belongs to it, at any time.
 * @throws ServiceError invalid, conflict (the name is taken, or there are 500)
 */
export const createGroup = defineMutation({
  name: "group.create",
  can: "group.manage",
  input: createGroupSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const id = randomUUID();
    await requireSoundNesting(tx, ctx, { id, filter: input.filter });
    await requireFreeGroupName(tx, ctx, input);
    if ((await tx.deviceGroup.count({ where: { tenantId } })) >= maxGroups) {
      throw new ServiceError("conflict", `There are ${maxGroups} groups already.`, {
        remedy: "Remove one that nobody needs.",
      });
    }
    const at = ctx.now();
    const row = await tx.deviceGroup.create({
      data: {
        ...input,
        tenantId,
        id,
        createdAt: at,
        createdBy: actorName(ctx.actor),
        changedAt: at,
      },
      select: groupColumns,
    });
    return {
      value: groupView(row),
      audit: { target: groupTargetOf(row), payload: { after: { id, ...input } } },
    };
  },
});
