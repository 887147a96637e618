import { newServicePassword } from "#server/services/auth/secret.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  findServiceClient,
  insertPassword,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { maxPasswords, rotatePasswordSchema } from "#server/services/service-client/schemas.ts";

/** A further password, whose text is in this answer and nowhere else. */
export type PasswordRotated = {
  readonly id: string;
  readonly username: string;
  readonly passwordId: string;
  readonly password: string;
  /** How many earlier ones ended with it. */
  readonly revoked: number;
};

/**
 * Makes a further password. The earlier ones go on counting, so that the client can be changed
 * over without a gap, unless `keepOthers` is false.
 * @throws ServiceError not_found, conflict (too many count at once)
 */
export const rotatePassword = defineMutation({
  name: "serviceClient.rotatePassword",
  can: "serviceClient.manage",
  input: rotatePasswordSchema,
  run: async ({ ctx, tx, input: { serviceClient, keepOthers } }) => {
    const client = await findServiceClient(tx, serviceClient);
    const live = { tenantId: ctx.tenantId, serviceClientId: client.id, revokedAt: null };
    const revoked = keepOthers
      ? 0
      : (
          await tx.serviceClientPassword.updateMany({
            where: live,
            data: { revokedAt: ctx.now() },
          })
        ).count;
    if ((await tx.serviceClientPassword.count({ where: live })) >= maxPasswords) {
      throw new ServiceError(
        "conflict",
        `${client.username} has ${maxPasswords} passwords that count, the most there can be.`,
        { remedy: "Revoke those that are not used any more." },
      );
    }
    const secret = newServicePassword();
    const passwordId = await insertPassword(tx, ctx, { serviceClientId: client.id, secret });
    const made = { id: client.id, username: client.username, passwordId, revoked };
    const value: PasswordRotated = { ...made, password: secret.text };
    return {
      value,
      audit: { target: serviceClientTargetOf(client), payload: { passwordId, revoked } },
      control: serviceClientChanged(ctx, client),
    };
  },
});
