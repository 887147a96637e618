import { queryEvents } from "#server/services/telemetry/events.ts";
import { parseQuestion } from "#server/web/parse-question.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(queryEvents, ({ query }) => parseQuestion(query["q"]));
