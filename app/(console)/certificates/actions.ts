"use server";
import { askRenewals } from "#server/services/certificate/ask-renewals.ts";
import { addTrustAnchor } from "#server/services/trust-anchor/add.ts";
import { changeTrustAnchor } from "#server/services/trust-anchor/change.ts";
import { removeTrustAnchor } from "#server/services/trust-anchor/remove.ts";
import { defineAction } from "#server/web/action.ts";

const anchors = { revalidate: ["/certificates/trust-anchors", "/certificates"] };

export const askToRenew = defineAction(askRenewals);
export const addAnchor = defineAction(addTrustAnchor, anchors);
export const changeAnchor = defineAction(changeTrustAnchor, anchors);
export const removeAnchor = defineAction(removeTrustAnchor, anchors);
