import { certificateListInput } from "#server/services/certificate/list-input.ts";
import { listCertificates } from "#server/services/certificate/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listCertificates, ({ query }) => certificateListInput(query));
