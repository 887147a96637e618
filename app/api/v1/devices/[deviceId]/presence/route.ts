import { presenceHistoryRoute } from "#server/web/api/presence.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(presenceHistoryRoute);
