import { queryStates } from "#server/services/telemetry/states.ts";
import { parseQuestion } from "#server/web/parse-question.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(queryStates, ({ query }) => parseQuestion(query["q"]));
