import { getServiceClient } from "#server/services/service-client/get.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(getServiceClient, ({ params }) => ({
  serviceClient: params["id"],
}));
