import { defineMutation } from "#server/services/mutation.ts";
import { loadUser, requireAnotherAdministrator } from "#server/services/user/internal.ts";
import { changeRoleInput } from "#server/services/user/schemas.ts";

/**
 * Gives a person another role, which counts from their next request.
 * @throws ServiceError not_found, conflict (last administrator)
 */
export const changeUserRole = defineMutation({
  name: "user.changeRole",
  can: "people.manage",
  input: changeRoleInput,
  run: async ({ ctx, tx, input }) => {
    const user = await loadUser(tx, ctx, input.userId);
    if (input.role !== "admin") await requireAnotherAdministrator(tx, ctx, user);
    await tx.user.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: user.id } },
      data: { role: input.role },
      select: { id: true },
    });
    return {
      value: { id: user.id, role: input.role },
      audit: {
        target: `user:${user.email}`,
        payload: { before: { role: user.role }, after: { role: input.role } },
      },
    };
  },
});
