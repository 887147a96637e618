import { z } from "zod";
import { withTenant } from "#server/db/tenant.ts";
import { assessPassword } from "#server/domain/password-strength.ts";
import { hashPassword, verifyPassword } from "#server/services/auth/password-hash.ts";
import { admitSignIn, forgiveSignIn } from "#server/services/auth/throttle.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";
import { revokeSessionsOf } from "#server/services/user/internal.ts";
import { changePasswordInput } from "#server/services/user/schemas.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

const own = { name: "user.changePassword", can: "session.own" } as const;

/** The change itself; the caller has proven the current password. */
const storePassword = defineMutation({
  ...own,
  input: z.object({ userId: z.uuid(), sessionId: z.uuid(), passwordHash: z.string() }),
  run: async ({ ctx, tx, input }) => {
    const { email } = await tx.user.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: input.userId } },
      data: { passwordHash: input.passwordHash },
      select: { email: true },
    });
    const { userId, sessionId: except } = input;
    const sessionsEnded = await revokeSessionsOf(tx, ctx, { userId, except });
    return {
      value: { sessionsEnded },
      audit: { target: `user:${email}`, payload: { sessionsEnded } },
    };
  },
});

/**
 * Changes one's own password and ends one's other sessions. Guessing the current one is throttled
 * like signing in.
 * @throws ServiceError forbidden (not a person), invalid, rate_limited
 */
export async function changeOwnPassword(
  ctx: Context,
  raw: z.input<typeof changePasswordInput>,
): Promise<{ readonly sessionsEnded: number }> {
  await requireCapability(ctx, own);
  const { actor, tenantId, db } = ctx;
  if (actor.type !== "user") {
    throw new ServiceError("forbidden", "Only a person who is signed in has a password.");
  }
  const input = parseInput(changePasswordInput, raw);
  const { problem } = assessPassword(input.newPassword, [actor.email]);
  if (problem !== null) throw refused("newPassword", problem);
  const stored = await translateDatabaseError(() =>
    withTenant({ db, tenantId }, (tx) =>
      tx.user.findUniqueOrThrow({
        where: { tenantId_id: { tenantId, id: actor.id } },
        select: { passwordHash: true },
      }),
    ),
  );
  const attempt = { email: actor.email, ip: ctx.ip, familiar: true };
  await admitSignIn(db, attempt, ctx.now());
  if (!(await verifyPassword(input.currentPassword, stored.passwordHash))) {
    throw refused("currentPassword", "This is not your current password.");
  }
  await forgiveSignIn(db, attempt, ctx.now());
  const passwordHash = await hashPassword(input.newPassword);
  return storePassword(ctx, { userId: actor.id, sessionId: actor.sessionId, passwordHash });
}

function refused(path: string, message: string): ServiceError {
  return new ServiceError("invalid", message, { fields: [{ path, message }] });
}
