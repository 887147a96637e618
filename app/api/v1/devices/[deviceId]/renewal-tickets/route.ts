import { createTicketRoute, listTicketsRoute } from "#server/web/api/renewals.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listTicketsRoute);
export const POST = defineRoute(createTicketRoute);
