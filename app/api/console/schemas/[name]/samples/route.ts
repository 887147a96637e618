import { listSamples } from "#server/services/schema/list-samples.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listSamples);
