import { ServiceError } from "#server/services/errors.ts";
import { insertInvitation } from "#server/services/invitation/insert.ts";
import { inviteInput } from "#server/services/invitation/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Invites a person: the answer holds a one-time link to hand over. They choose their own password.
 * @throws ServiceError conflict when the address has an account here
 */
export const inviteUser = defineMutation({
  name: "user.invite",
  can: "people.manage",
  input: inviteInput,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const known = await tx.user.count({ where: { tenantId, email: input.email } });
    if (known > 0) {
      throw new ServiceError("conflict", `${input.email} has an account already.`, {
        remedy: "Change their role, enable them, or make a link for a new password in the list.",
        fields: [{ path: "email", message: "This address has an account already." }],
      });
    }
    const link = await insertInvitation(tx, ctx, input);
    return {
      value: link,
      audit: {
        target: `user:${input.email}`,
        payload: {
          invitationId: link.invitationId,
          name: input.name,
          role: input.role,
          expiresAt: link.expiresAt,
        },
      },
    };
  },
});
