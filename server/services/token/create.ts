import { grantsWithin } from "#server/domain/role-order.ts";
import { newApiToken } from "#server/services/auth/secret.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { createTokenInput } from "#server/services/token/schemas.ts";

/**
 * Makes an API token; its text is in this answer and nowhere else.
 * @throws ServiceError forbidden when the role may do what the caller may not
 */
export const createToken = defineMutation({
  name: "token.create",
  can: "token.manage",
  input: createTokenInput,
  run: async ({ ctx, tx, input }) => {
    const { name, role, expiresInDays } = input;
    if (!grantsWithin(role, ctx.role)) {
      throw new ServiceError("forbidden", "A token cannot do more than you.", {
        remedy: "Choose a role that your own covers.",
      });
    }
    const now = ctx.now();
    const expiresAt =
      expiresInDays === undefined ? null : new Date(now.getTime() + expiresInDays * 86_400_000);
    const secret = newApiToken();
    const { id } = await tx.apiToken.create({
      data: {
        tenantId: ctx.tenantId,
        name,
        role,
        tokenHash: secret.hash,
        createdBy: actorName(ctx.actor),
        createdAt: now,
        expiresAt,
      },
      select: { id: true },
    });
    return {
      value: { id, name, role, expiresAt, token: secret.text },
      audit: { target: `token:${name}`, payload: { id, role, expiresAt } },
    };
  },
});
