import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { sessionTarget } from "#server/services/session/schemas.ts";

/**
 * Ends one of the caller's own sessions; the next request of that browser is refused.
 * @throws ServiceError not_found (also for somebody else's), conflict (over already)
 */
export const revokeSession = defineMutation({
  name: "session.revoke",
  can: "session.own",
  input: sessionTarget,
  run: async ({ ctx, tx, input }) => {
    const { actor, tenantId } = ctx;
    const session = await tx.session.findUnique({
      where: { tenantId_id: { tenantId, id: input.sessionId } },
      select: { id: true, userId: true, revokedAt: true },
    });
    if (session === null || actor.type !== "user" || session.userId !== actor.id) {
      throw new ServiceError("not_found", "You have no such session.", {
        remedy: "Reload the list.",
      });
    }
    if (session.revokedAt !== null) {
      throw new ServiceError("conflict", "This session has ended already.");
    }
    await tx.session.update({
      where: { tenantId_id: { tenantId, id: session.id } },
      data: { revokedAt: ctx.now() },
      select: { id: true },
    });
    return {
      value: { id: session.id },
      audit: { target: `session:${session.id}`, payload: { email: actor.email } },
    };
  },
});
