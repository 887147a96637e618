import { queryTelemetry } from "#server/services/telemetry/query.ts";
import { parseQuestion } from "#server/web/parse-question.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(queryTelemetry, ({ query }) => parseQuestion(query["q"]));
