import { saveDraftRoute, discardDraftRoute } from "#server/web/api/schemas.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(saveDraftRoute);
export const DELETE = defineRoute(discardDraftRoute);
