import type { Tx } from "#server/db/client.ts";
import { may } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import { noGroup } from "#server/services/dead-letter/internal.ts";
import { assignGroupSchema } from "#server/services/dead-letter/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Gives a cause to somebody to take care of, or to nobody, with a note.
 * @throws ServiceError not_found (no such group), invalid (this person cannot settle dead letters),
 *   conflict (nothing would change)
 */
export const assignDeadLetterGroup = defineMutation({
  name: "deadLetter.assign",
  can: "deadLetter.manage",
  input: assignGroupSchema,
  run: async ({ ctx, tx, input }) => {
    const { fingerprint, assigneeId, note } = input;
    const where = { tenantId_fingerprint: { tenantId: ctx.tenantId, fingerprint } };
    const before = await tx.deadLetterGroup.findUnique({
      where,
      select: { assigneeId: true, note: true },
    });
    if (before === null) throw noGroup();
    if (before.assigneeId === assigneeId && before.note === note) {
      throw new ServiceError("conflict", "The group is assigned so already.", {
        remedy: "Nothing was changed.",
      });
    }
    const assignee = assigneeId === null ? null : await requireAssignee(ctx, tx, assigneeId);
    await tx.deadLetterGroup.update({
      where,
      data: { assigneeId, note },
      select: { fingerprint: true },
    });
    return {
      value: { fingerprint, assignee, note },
      audit: {
        target: `deadLetterGroup:${fingerprint}`,
        payload: { before, after: { assigneeId, note } },
      },
    };
  },
});

async function requireAssignee(
  ctx: Pick<Context, "tenantId">,
  tx: Tx,
  id: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const user = await tx.user.findUnique({
    where: { tenantId_id: { tenantId: ctx.tenantId, id } },
    select: { id: true, name: true, role: true, disabledAt: true },
  });
  if (user !== null && user.disabledAt === null && may(user.role, "deadLetter.manage")) {
    return { id: user.id, name: user.name };
  }
  const message = "Choose somebody of your organisation who may settle dead letters.";
  throw new ServiceError("invalid", message, { fields: [{ path: "assigneeId", message }] });
}
