import { publishCrlsRoute } from "#server/web/api/revocation-lists.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(publishCrlsRoute);
