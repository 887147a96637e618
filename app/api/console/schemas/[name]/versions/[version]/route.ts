import { showSchemaVersion } from "#server/services/schema/show-version.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showSchemaVersion, ({ params }) => params);
