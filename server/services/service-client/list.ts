import { defineQuery } from "#server/services/query.ts";
import { serviceClientListSchema } from "#server/services/service-client/schemas.ts";
import {
  serviceClientColumns,
  serviceClientView,
  type ServiceClientView,
} from "#server/services/service-client/view.ts";

/** Service clients of the organisation by name, at most a thousand. */
export const listServiceClients = defineQuery({
  name: "serviceClient.list",
  can: "serviceClient.view",
  input: serviceClientListSchema,
  run: async ({ ctx, tx }): Promise<readonly ServiceClientView[]> => {
    const rows = await tx.serviceClient.findMany({
      where: { tenantId: ctx.tenantId },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: 1000,
      select: serviceClientColumns,
    });
    return rows.map(serviceClientView);
  },
});
