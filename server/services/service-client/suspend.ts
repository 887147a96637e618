import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  findServiceClient,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { changeServiceClientSchema } from "#server/services/service-client/schemas.ts";

/**
 * Keeps a service client out until it is resumed; its connections are dropped at once.
 * @throws ServiceError not_found, conflict
 */
export const suspendServiceClient = defineMutation({
  name: "serviceClient.suspend",
  can: "serviceClient.manage",
  input: changeServiceClientSchema,
  run: async ({ ctx, tx, input }) => {
    const client = await findServiceClient(tx, input.serviceClient);
    if (client.state !== "active") {
      throw new ServiceError("conflict", `${client.username} is suspended already.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.serviceClient.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: client.id } },
      data: { state: "suspended" },
      select: { id: true },
    });
    return {
      value: { id: client.id, username: client.username, state: "suspended" as const },
      audit: {
        target: serviceClientTargetOf(client),
        payload: { before: { state: "active" }, after: { state: "suspended" } },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: serviceClientChanged(ctx, client),
    };
  },
});
