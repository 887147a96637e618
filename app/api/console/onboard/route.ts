import { showWaiting } from "#server/services/onboard/waiting.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showWaiting, () => ({}));
