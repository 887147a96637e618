import { verifyAudit } from "#server/services/audit/verify.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(verifyAudit, () => ({}));
