import type { Tx } from "#server/db/client.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import {
  groupTargetOf,
  requireFreeGroupName,
  requireGroup,
  requireSoundNesting,
} from "#server/services/group/internal.ts";
import { changeGroupSchema } from "#server/services/group/schemas.ts";
import { usesOfGroup } from "#server/services/group/uses.ts";
import { groupColumns, groupView, type GroupView } from "#server/services/group/view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Renames a group, or gives it another description or filter; what is not said stays.
 * @throws ServiceError not_found, invalid, conflict (somebody changed it meanwhile, the name is
 * taken, or queries name it by its old name)
 */
export const changeGroup = defineMutation({
  name: "group.change",
  can: "group.manage",
  input: changeGroupSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { groupId: id, revision } = input;
    const before = await requireGroup(tx, ctx, id);
    const after = {
      name: input.name ?? before.name,
      description: input.description ?? before.description,
      filter: input.filter ?? before.filter,
    };
    await requireSoundNesting(tx, ctx, { id, filter: after.filter });
    if (after.name !== before.name) {
      await requireFreeGroupName(tx, ctx, { name: after.name, id });
      await requireNotNamed(tx, ctx, before);
    }
    const { count } = await tx.deviceGroup.updateMany({
      where: { tenantId, id, revision },
      data: {
        ...after,
        revision: { increment: 1 },
        changedAt: ctx.now(),
        changedBy: actorName(ctx.actor),
      },
    });
    if (count === 0) {
      throw new ServiceError("conflict", `The group ${before.name} was changed meanwhile.`, {
        remedy: "Open it again: it shows what it is now.",
      });
    }
    const row = await tx.deviceGroup.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      select: groupColumns,
    });
    const { name, description, filter } = before;
    return {
      value: groupView(row),
      audit: {
        target: groupTargetOf(before),
        payload: { before: { name, description, filter }, after },
      },
    };
  },
});

/** Ids follow a new name by themselves; a query that names the group would mean nothing any more. */
async function requireNotNamed(tx: Tx, ctx: Context, group: GroupView): Promise<void> {
  const uses = await usesOfGroup(tx, ctx, { id: "", name: group.name });
  const [first] = uses;
  if (first === undefined) return;
  throw new ServiceError(
    "conflict",
    `The query of ${first.kind === "group" ? "the group" : `a ${first.kind}`} ${first.name ?? ""} names “${group.name}”.`.replace(
      / {2,}/,
      " ",
    ),
    { remedy: "Choose the group there by its filter chip, or change the query first." },
  );
}
