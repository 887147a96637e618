import { showStorage } from "#server/services/storage/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showStorage, () => ({}));
