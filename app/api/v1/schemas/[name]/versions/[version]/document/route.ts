import { schemaDocumentRoute } from "#server/web/api/schemas.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute({
  ...schemaDocumentRoute,
  input: ({ query, params }) => ({ ...query, ...params, endpoint: deviceEndpoint() }),
});
