import { ledgerDifferencesRoute } from "#server/web/api/messages.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(ledgerDifferencesRoute);
