import { showReadyMade } from "#server/services/dashboard/ready-made.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showReadyMade, ({ params }) => params);
