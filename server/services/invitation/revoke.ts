import { ServiceError } from "#server/services/errors.ts";
import { invitationTarget } from "#server/services/invitation/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Takes a one-time link back.
 * @throws ServiceError not_found, conflict (used or expired already)
 */
export const revokeInvitation = defineMutation({
  name: "invitation.revoke",
  can: "people.manage",
  input: invitationTarget,
  run: async ({ ctx, tx, input }) => {
    const where = { tenantId_id: { tenantId: ctx.tenantId, id: input.invitationId } };
    const invitation = await tx.invitation.findUnique({
      where,
      select: { id: true, email: true, usedAt: true, expiresAt: true },
    });
    if (invitation === null) {
      throw new ServiceError("not_found", "There is no such invitation.", {
        remedy: "Reload the list.",
      });
    }
    if (invitation.usedAt !== null || invitation.expiresAt <= ctx.now()) {
      throw new ServiceError("conflict", "This invitation was used or has expired.");
    }
    await tx.invitation.update({
      where,
      data: { expiresAt: ctx.now() },
      select: { id: true },
    });
    return {
      value: { id: invitation.id },
      audit: { target: `user:${invitation.email}`, payload: { invitationId: invitation.id } },
    };
  },
});
