import { ServiceError } from "#server/services/errors.ts";
import { insertInvitation } from "#server/services/invitation/insert.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { loadUser } from "#server/services/user/internal.ts";
import { userTarget } from "#server/services/user/schemas.ts";

/**
 * A one-time link by which a person chooses a new password; the old one works until they do.
 * @throws ServiceError not_found, conflict (disabled)
 */
export const resetUserPassword = defineMutation({
  name: "user.resetPassword",
  can: "people.manage",
  input: userTarget,
  run: async ({ ctx, tx, input }) => {
    const { id, email, role, disabledAt } = await loadUser(tx, ctx, input.userId);
    if (disabledAt !== null) {
      throw new ServiceError("conflict", `${email} is disabled.`, { remedy: "Enable them first." });
    }
    const { name } = await tx.user.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: ctx.tenantId, id } },
      select: { name: true },
    });
    const link = await insertInvitation(tx, ctx, { email, name, role });
    return {
      value: link,
      audit: {
        target: `user:${email}`,
        payload: { invitationId: link.invitationId, expiresAt: link.expiresAt },
      },
    };
  },
});
