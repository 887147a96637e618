import { revokeTicketRoute } from "#server/web/api/renewals.ts";
import { defineRoute } from "#server/web/route.ts";

export const DELETE = defineRoute(revokeTicketRoute);
