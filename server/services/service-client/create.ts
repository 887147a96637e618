import type { Tx } from "#server/db/client.ts";
import { slugOf } from "#server/domain/slug.ts";
import { newServicePassword } from "#server/services/auth/secret.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import type { Grant } from "#server/services/service-client/grant-problem.ts";
import {
  insertPassword,
  requireSoundGrants,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { createServiceClientSchema } from "#server/services/service-client/schemas.ts";

/** A service client with its first password, whose text is in this answer and nowhere else. */
export type ServiceClientCreated = {
  readonly id: string;
  readonly name: string;
  /** As it logs in. */
  readonly username: string;
  readonly passwordId: string;
  readonly password: string;
  readonly grants: readonly Grant[];
};

/**
 * Makes a service client, its grants and its first password.
 * @throws ServiceError invalid (a grant that cannot be), conflict (name or user name is taken)
 */
export const createServiceClient = defineMutation({
  name: "serviceClient.create",
  can: "serviceClient.manage",
  input: createServiceClientSchema,
  run: async ({ ctx, tx, input }) => {
    const { name, description, grants } = input;
    await requireSoundGrants(tx, ctx, grants);
    const username = await usernameOf(tx, ctx.tenantId, input.slug ?? slugOf(name));
    await requireFree(tx, ctx.tenantId, { name, username });
    const { id } = await tx.serviceClient.create({
      data: {
        tenantId: ctx.tenantId,
        name,
        username,
        description,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    await tx.serviceClientGrant.createMany({
      data: grants.map((grant) => ({ tenantId: ctx.tenantId, serviceClientId: id, ...grant })),
    });
    const secret = newServicePassword();
    const passwordId = await insertPassword(tx, ctx, { serviceClientId: id, secret });
    const made = { id, name, username, passwordId, grants };
    const value: ServiceClientCreated = { ...made, password: secret.text };
    return {
      value,
      audit: {
        target: serviceClientTargetOf({ username }),
        payload: { after: { ...made, description } },
      },
      // Somebody may have tried to log in already, and the worker remembers that there was nobody.
      control: serviceClientChanged(ctx, { id }),
    };
  },
});

async function usernameOf(tx: Tx, tenantId: string, slug: string): Promise<string> {
  const tenant = await tx.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { slug: true },
  });
  return `${slug}@${tenant.slug}`;
}

async function requireFree(
  tx: Tx,
  tenantId: string,
  wanted: { readonly name: string; readonly username: string },
): Promise<void> {
  const taken = await tx.serviceClient.findFirst({
    where: { tenantId, OR: [{ name: wanted.name }, { username: wanted.username }] },
    select: { name: true },
  });
  if (taken === null) return;
  const what = taken.name === wanted.name ? wanted.name : wanted.username;
  throw new ServiceError("conflict", `There is a service client “${what}” already.`, {
    remedy: "Choose another name, or make a new password for that one.",
  });
}
