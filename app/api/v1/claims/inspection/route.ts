import { inspectOfferRoute } from "#server/web/api/transfers.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(inspectOfferRoute);
