import { revokePasswordRoute } from "#server/web/api/service-clients.ts";
import { defineRoute } from "#server/web/route.ts";

export const DELETE = defineRoute(revokePasswordRoute);
