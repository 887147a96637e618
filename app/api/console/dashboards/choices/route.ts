import { dashboardChoices } from "#server/services/dashboard/choices.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(dashboardChoices);
