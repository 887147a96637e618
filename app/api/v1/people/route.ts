import { listPeopleRoute } from "#server/web/api/people.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listPeopleRoute);
