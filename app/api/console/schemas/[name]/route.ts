import { showSchema } from "#server/services/schema/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showSchema, ({ params }) => params);
