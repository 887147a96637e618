import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { loadUser } from "#server/services/user/internal.ts";
import { userTarget } from "#server/services/user/schemas.ts";

/**
 * Opens a disabled account again, with the password and role that it had.
 * @throws ServiceError not_found, conflict (not disabled)
 */
export const enableUser = defineMutation({
  name: "user.enable",
  can: "people.manage",
  input: userTarget,
  run: async ({ ctx, tx, input }) => {
    const user = await loadUser(tx, ctx, input.userId);
    if (user.disabledAt === null) {
      throw new ServiceError("conflict", `${user.email} is not disabled.`);
    }
    await tx.user.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: user.id } },
      data: { disabledAt: null },
      select: { id: true },
    });
    return {
      value: { id: user.id },
      audit: {
        target: `user:${user.email}`,
        payload: { before: { disabledAt: user.disabledAt }, after: { disabledAt: null } },
      },
    };
  },
});
