import { verifyAuditRoute } from "#server/web/api/audit.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(verifyAuditRoute);
