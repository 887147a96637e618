import {
  getServiceClientRoute,
  removeServiceClientRoute,
} from "#server/web/api/service-clients.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(getServiceClientRoute);
export const DELETE = defineRoute(removeServiceClientRoute);
