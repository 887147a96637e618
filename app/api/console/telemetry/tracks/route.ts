import { queryTracks } from "#server/services/telemetry/tracks.ts";
import { parseQuestion } from "#server/web/parse-question.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(queryTracks, ({ query }) => parseQuestion(query["q"]));
