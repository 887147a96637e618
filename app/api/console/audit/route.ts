import { listAudit } from "#server/services/audit/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listAudit, ({ query }) => query);
