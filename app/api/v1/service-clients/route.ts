import {
  createServiceClientRoute,
  listServiceClientsRoute,
} from "#server/web/api/service-clients.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listServiceClientsRoute);
export const POST = defineRoute(createServiceClientRoute);
