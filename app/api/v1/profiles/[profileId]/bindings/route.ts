import {
  listBindingsRoute,
  bindSchemaRoute,
  removeBindingRoute,
} from "#server/web/api/bindings.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listBindingsRoute);
export const PUT = defineRoute(bindSchemaRoute);
export const DELETE = defineRoute(removeBindingRoute);
