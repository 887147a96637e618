import { listOffersRoute, offerDeviceRoute } from "#server/web/api/transfers.ts";
import { offerWithLink } from "#server/web/claim-link.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listOffersRoute);
export const POST = defineRoute({ ...offerDeviceRoute, operation: offerWithLink });
