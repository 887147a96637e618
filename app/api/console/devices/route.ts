import { findDevices } from "#server/services/device/search.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(findDevices, ({ query: { q, limit } }) => ({
  text: q,
  ...(limit === undefined ? {} : { limit: Number(limit) }),
}));
