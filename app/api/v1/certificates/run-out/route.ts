import { certificateRunOutRoute } from "#server/web/api/certificate-inventory.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(certificateRunOutRoute);
