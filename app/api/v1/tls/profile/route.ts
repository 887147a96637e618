import { changeTlsProfileRoute } from "#server/web/api/tls.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(changeTlsProfileRoute);
