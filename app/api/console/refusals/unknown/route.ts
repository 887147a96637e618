import { recentUnknownRefusals } from "#server/services/device/refusals.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(recentUnknownRefusals, () => ({ minutes: 5 }));
