import { compareVersions } from "#server/services/schema/compare-versions.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(compareVersions);
