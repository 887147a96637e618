import { proveDefinition } from "#server/services/schema/prove.ts";
import { sessionRoute } from "#server/web/route.ts";

/** A read; the definition is too long for an address. */
export const POST = sessionRoute(proveDefinition);
