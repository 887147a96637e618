import { listAnnotations } from "#server/services/annotation/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listAnnotations, ({ query: { device, from, to } }) => ({
  devices: device === undefined ? [] : [device].flat(),
  from,
  to,
}));
