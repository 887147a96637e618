import { updateGrantsRoute } from "#server/web/api/service-clients.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(updateGrantsRoute);
