import { addTrustAnchorRoute, listTrustAnchorsRoute } from "#server/web/api/trust-anchors.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listTrustAnchorsRoute);
export const POST = defineRoute(addTrustAnchorRoute);
