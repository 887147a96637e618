import { findForPalette } from "#server/services/palette/find.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(findForPalette, ({ query: { q } }) => ({ text: q }));
