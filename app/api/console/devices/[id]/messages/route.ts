import { tailMessages } from "#server/services/telemetry/messages.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(tailMessages, ({ params, query }) => ({
  ...query,
  device: params["id"],
}));
