import { showStorageRoute } from "#server/web/api/storage.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showStorageRoute);
