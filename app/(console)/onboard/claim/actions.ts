"use server";
import { claimDevice } from "#server/services/transfer/claim.ts";
import { inspectOffer } from "#server/services/transfer/inspect.ts";
import { withdrawOffer } from "#server/services/transfer/withdraw.ts";
import { defineAction } from "#server/web/action.ts";
import { offerWithLink } from "#server/web/claim-link.ts";

export const lookAtCode = defineAction(inspectOffer);
export const claimByCode = defineAction(claimDevice);
export const makeOffer = defineAction(offerWithLink);
export const endOffer = defineAction(withdrawOffer);
