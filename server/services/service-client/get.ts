import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
import { serviceClientTarget } from "#server/services/service-client/schemas.ts";
import {
  serviceClientColumns,
  serviceClientView,
  type ServiceClientView,
} from "#server/services/service-client/view.ts";

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * One service client, by UUID or user name.
 * @throws ServiceError not_found
 */
export const getServiceClient = defineQuery({
  name: "serviceClient.get",
  can: "serviceClient.view",
  input: serviceClientTarget,
  run: async ({ ctx, tx, input: { serviceClient } }): Promise<ServiceClientView> => {
    const named = uuidText.test(serviceClient)
      ? { id: serviceClient.toLowerCase() }
      : { username: serviceClient };
    const row = await tx.serviceClient.findFirst({
      where: { tenantId: ctx.tenantId, ...named },
      select: serviceClientColumns,
    });
    if (row !== null) return serviceClientView(row);
    throw new ServiceError("not_found", `There is no service client “${serviceClient}”.`, {
      remedy: "Check its user name in the list of service clients.",
    });
  },
});
