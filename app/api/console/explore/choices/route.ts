import { exploreChoices } from "#server/services/explore/choices.ts";
import { jsonParameter } from "#server/web/json-parameter.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(exploreChoices, ({ query }) => jsonParameter(query["q"]));
