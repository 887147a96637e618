import { selectionPresence } from "#server/services/dashboard/selection-presence.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(selectionPresence, ({ body }) => body);
