import { apiRoutes } from "#server/web/api/routes.ts";
import { buildOpenApi } from "#server/web/openapi.ts";

/** Open to everyone: it says what can be asked, nothing about this installation. */
export function GET(): Response {
  return Response.json(buildOpenApi(apiRoutes), { headers: { "cache-control": "no-cache" } });
}
