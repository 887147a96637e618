import { certificateExport } from "#server/web/certificate-export.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({ accept: "session", handle: certificateExport });
