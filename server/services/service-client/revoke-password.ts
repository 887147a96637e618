import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  findServiceClient,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { revokePasswordSchema } from "#server/services/service-client/schemas.ts";

export type PasswordRevoked = { readonly id: string; readonly passwordId: string };

/**
 * Ends a password; connections that logged in with it are dropped at once.
 * @throws ServiceError not_found, conflict (revoked already)
 */
export const revokePassword = defineMutation({
  name: "serviceClient.revokePassword",
  can: "serviceClient.manage",
  input: revokePasswordSchema,
  run: async ({ ctx, tx, input: { serviceClient, passwordId } }) => {
    const client = await findServiceClient(tx, serviceClient);
    const where = { tenantId: ctx.tenantId, id: passwordId, serviceClientId: client.id };
    const password = await tx.serviceClientPassword.findFirst({
      where,
      select: { revokedAt: true },
    });
    if (password === null) {
      throw new ServiceError("not_found", `${client.username} has no such password.`, {
        remedy: "Reload the page.",
      });
    }
    if (password.revokedAt !== null) {
      throw new ServiceError("conflict", "This password is revoked already.", {
        remedy: "Nothing was changed.",
      });
    }
    await tx.serviceClientPassword.updateMany({ where, data: { revokedAt: ctx.now() } });
    const value: PasswordRevoked = { id: client.id, passwordId };
    return {
      value,
      audit: { target: serviceClientTargetOf(client), payload: { passwordId } },
      control: serviceClientChanged(ctx, client),
    };
  },
});
