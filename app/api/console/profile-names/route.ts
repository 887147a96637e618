import { listProfileNames } from "#server/services/profile/list-names.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listProfileNames, () => ({}));
