import { listRevocationsRoute } from "#server/web/api/revocations.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listRevocationsRoute);
