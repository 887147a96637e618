import { latestOfDevices } from "#server/services/telemetry/latest-of-devices.ts";
import { parseQuestion } from "#server/web/parse-question.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(latestOfDevices, ({ query }) => parseQuestion(query["q"]));
