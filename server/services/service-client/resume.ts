import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  findServiceClient,
  serviceClientChanged,
  serviceClientTargetOf,
} from "#server/services/service-client/internal.ts";
import { changeServiceClientSchema } from "#server/services/service-client/schemas.ts";

/**
 * Lets a suspended service client in again.
 * @throws ServiceError not_found, conflict
 */
export const resumeServiceClient = defineMutation({
  name: "serviceClient.resume",
  can: "serviceClient.manage",
  input: changeServiceClientSchema,
  run: async ({ ctx, tx, input }) => {
    const client = await findServiceClient(tx, input.serviceClient);
    if (client.state !== "suspended") {
      throw new ServiceError("conflict", `${client.username} is not suspended.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.serviceClient.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: client.id } },
      data: { state: "active" },
      select: { id: true },
    });
    return {
      value: { id: client.id, username: client.username, state: "active" as const },
      audit: {
        target: serviceClientTargetOf(client),
        payload: { before: { state: "suspended" }, after: { state: "active" } },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: serviceClientChanged(ctx, client),
    };
  },
});
