import { rememberedMapping } from "#server/services/batch/remembered-mapping.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(rememberedMapping, ({ body }) => body);
