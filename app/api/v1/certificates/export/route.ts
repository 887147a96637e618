import { certificateExport } from "#server/web/certificate-export.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by exportCertificatesRoute. */
export const GET = handlerRoute({ accept: "token or session", handle: certificateExport });
