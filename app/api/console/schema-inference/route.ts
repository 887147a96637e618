import { inferSchema } from "#server/services/schema/infer.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(inferSchema, ({ query }) => query);
