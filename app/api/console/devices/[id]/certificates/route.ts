import { deviceCertificates } from "#server/services/device/certificates.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceCertificates, ({ params }) => ({ device: params["id"] }));
