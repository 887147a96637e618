import { defineMutation } from "#server/services/mutation.ts";
import {
  findServiceClient,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { changeServiceClientSchema } from "#server/services/service-client/schemas.ts";

export type ServiceClientRemoved = { readonly id: string; readonly username: string };

/**
 * Ends a service client for good, with its passwords and grants; its connections are dropped at
 * once. What it was stays in the audit trail. Its user name is free again.
 * @throws ServiceError not_found
 */
export const removeServiceClient = defineMutation({
  name: "serviceClient.remove",
  can: "serviceClient.manage",
  input: changeServiceClientSchema,
  run: async ({ ctx, tx, input }) => {
    const client = await findServiceClient(tx, input.serviceClient);
    const grants = await tx.serviceClientGrant.findMany({
      where: { tenantId: ctx.tenantId, serviceClientId: client.id },
      select: { filter: true, maySubscribe: true, mayPublish: true },
      orderBy: { filter: "asc" },
    });
    await tx.serviceClient.delete({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: client.id } },
      select: { id: true },
    });
    const value: ServiceClientRemoved = { id: client.id, username: client.username };
    return {
      value,
      audit: {
        target: serviceClientTargetOf(client),
        payload: { before: { ...client, grants } },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: serviceClientChanged(ctx, client),
    };
  },
});
