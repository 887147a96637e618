import { defineMutation } from "#server/services/mutation.ts";
import type { Grant } from "#server/services/service-client/grant-problem.ts";
import {
  findServiceClient,
  requireSoundGrants,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { updateGrantsSchema } from "#server/services/service-client/schemas.ts";

export type GrantsUpdated = {
  readonly id: string;
  readonly username: string;
  readonly grants: readonly Grant[];
};

/**
 * Replaces all grants of a service client. Subscriptions that they do not cover any more end at
 * once, also those of a connection that is open.
 * @throws ServiceError not_found, invalid (a grant that cannot be)
 */
export const updateGrants = defineMutation({
  name: "serviceClient.updateGrants",
  can: "serviceClient.manage",
  input: updateGrantsSchema,
  run: async ({ ctx, tx, input: { serviceClient, grants } }) => {
    const client = await findServiceClient(tx, serviceClient);
    await requireSoundGrants(tx, ctx, grants);
    const ofClient = { tenantId: ctx.tenantId, serviceClientId: client.id };
    const before = await tx.serviceClientGrant.findMany({
      where: ofClient,
      select: { filter: true, maySubscribe: true, mayPublish: true },
      orderBy: { filter: "asc" },
    });
    await tx.serviceClientGrant.deleteMany({ where: ofClient });
    await tx.serviceClientGrant.createMany({
      data: grants.map((grant) => ({ ...ofClient, ...grant })),
    });
    const value: GrantsUpdated = { id: client.id, username: client.username, grants };
    return {
      value,
      audit: {
        target: serviceClientTargetOf(client),
        payload: { before: { grants: before }, after: { grants } },
      },
      control: serviceClientChanged(ctx, client),
    };
  },
});
