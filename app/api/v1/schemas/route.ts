import { listSchemasRoute, createSchemaRoute } from "#server/web/api/schemas.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listSchemasRoute);
export const POST = defineRoute(createSchemaRoute);
