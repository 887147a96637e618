import { ServiceError } from "#server/services/errors.ts";
import { groupTargetOf, requireGroup } from "#server/services/group/internal.ts";
import { groupTargetSchema } from "#server/services/group/schemas.ts";
import { usesOfGroup } from "#server/services/group/uses.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type GroupRemoved = { readonly id: string; readonly name: string };

/**
 * Removes a group; its devices stay as they are. Views and dashboards that name it show that it is
 * gone.
 * @throws ServiceError not_found, conflict when another group is made of it
 */
export const removeGroup = defineMutation({
  name: "group.remove",
  can: "group.manage",
  input: groupTargetSchema,
  run: async ({ ctx, tx, input: { groupId } }) => {
    const { id, name, description, filter } = await requireGroup(tx, ctx, groupId);
    const uses = await usesOfGroup(tx, ctx, { id, name });
    const groups = uses.flatMap((use) => (use.kind === "group" ? [use.name ?? ""] : []));
    if (groups.length > 0) {
      throw new ServiceError("conflict", `The filter of ${groups.join(", ")} names this group.`, {
        remedy: "Change or remove that group first.",
      });
    }
    await tx.deviceGroup.delete({
      where: { tenantId_id: { tenantId: ctx.tenantId, id } },
      select: { id: true },
    });
    const value: GroupRemoved = { id, name };
    return {
      value,
      audit: {
        target: groupTargetOf({ name }),
        payload: { before: { id, description, filter }, usedBy: uses.length },
      },
    };
  },
});
