import { listSchemas } from "#server/services/schema/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listSchemas, ({ query }) => query);
