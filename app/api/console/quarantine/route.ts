import { listQuarantined } from "#server/services/onboard/list-quarantined.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listQuarantined);
