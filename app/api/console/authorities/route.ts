import { listAuthorities } from "#server/services/authority/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listAuthorities, () => ({}));
