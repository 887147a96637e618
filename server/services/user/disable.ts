import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  loadUser,
  requireAnotherAdministrator,
  revokeSessionsOf,
} from "#server/services/user/internal.ts";
import { userTarget } from "#server/services/user/schemas.ts";

/**
 * Closes a person's account: every session ends in the same transaction, nothing is deleted. API
 * tokens belong to the organisation and go on; `liveTokens` says how many the person has made.
 * @throws ServiceError not_found, conflict (last administrator, oneself, disabled already)
 */
export const disableUser = defineMutation({
  name: "user.disable",
  can: "people.manage",
  input: userTarget,
  run: async ({ ctx, tx, input }) => {
    const user = await loadUser(tx, ctx, input.userId);
    const { tenantId } = ctx;
    if (user.disabledAt !== null) {
      throw new ServiceError("conflict", `${user.email} is disabled already.`);
    }
    if (ctx.actor.type === "user" && ctx.actor.id === user.id) {
      throw new ServiceError("conflict", "You cannot disable your own account.", {
        remedy: "Ask another administrator.",
      });
    }
    await requireAnotherAdministrator(tx, ctx, user);
    await tx.user.update({
      where: { tenantId_id: { tenantId, id: user.id } },
      data: { disabledAt: ctx.now() },
      select: { id: true },
    });
    const sessionsEnded = await revokeSessionsOf(tx, ctx, { userId: user.id });
    const liveTokens = await tx.apiToken.count({
      where: {
        tenantId,
        createdBy: user.email,
        revokedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.now() } }],
      },
    });
    return {
      value: { id: user.id, sessionsEnded, liveTokens },
      audit: { target: `user:${user.email}`, payload: { sessionsEnded, liveTokens } },
    };
  },
});
