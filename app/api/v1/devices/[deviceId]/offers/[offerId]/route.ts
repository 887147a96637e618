import { withdrawOfferRoute } from "#server/web/api/transfers.ts";
import { defineRoute } from "#server/web/route.ts";

export const DELETE = defineRoute(withdrawOfferRoute);
