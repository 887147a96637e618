import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { tokenTarget } from "#server/services/token/schemas.ts";

/**
 * Ends an API token; its next request is refused.
 * @throws ServiceError not_found, conflict (revoked already)
 */
export const revokeToken = defineMutation({
  name: "token.revoke",
  can: "token.manage",
  input: tokenTarget,
  run: async ({ ctx, tx, input }) => {
    const where = { tenantId_id: { tenantId: ctx.tenantId, id: input.tokenId } };
    const token = await tx.apiToken.findUnique({
      where,
      select: { id: true, name: true, role: true, revokedAt: true },
    });
    if (token === null) {
      throw new ServiceError("not_found", "There is no such token.", {
        remedy: "Reload the list.",
      });
    }
    if (token.revokedAt !== null) {
      throw new ServiceError("conflict", `The token ${token.name} is revoked already.`);
    }
    await tx.apiToken.update({ where, data: { revokedAt: ctx.now() }, select: { id: true } });
    return {
      value: { id: token.id },
      audit: { target: `token:${token.name}`, payload: { id: token.id, role: token.role } },
    };
  },
});
