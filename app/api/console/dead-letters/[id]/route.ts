import { showDeadLetter } from "#server/services/dead-letter/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showDeadLetter, ({ params }) => ({ id: params["id"] }));
