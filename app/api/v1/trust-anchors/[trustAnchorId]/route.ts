import { changeTrustAnchorRoute, removeTrustAnchorRoute } from "#server/web/api/trust-anchors.ts";
import { defineRoute } from "#server/web/route.ts";

export const PATCH = defineRoute(changeTrustAnchorRoute);
export const DELETE = defineRoute(removeTrustAnchorRoute);
