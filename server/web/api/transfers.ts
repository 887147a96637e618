import { z } from "zod";
import { decommissionProof } from "#server/services/device/decommission-proof.ts";
import { claimDevice } from "#server/services/transfer/claim.ts";
import { inspectOffer } from "#server/services/transfer/inspect.ts";
import { listOffers } from "#server/services/transfer/list.ts";
import { offerDevice } from "#server/services/transfer/offer.ts";
import { claimDeviceSchema, inspectOfferSchema } from "#server/services/transfer/schemas.ts";
import { transferKinds } from "#server/domain/transfer-kind.ts";
import { withdrawOffer } from "#server/services/transfer/withdraw.ts";

const instant = z.iso.datetime();
const tag = "Claims and transfers";
const kind = z.enum(transferKinds);

export const listOffersRoute = {
  method: "get",
  path: "/devices/{deviceId}/offers",
  tag,
  summary: "List the offers of a device, without their codes",
  operation: listOffers,
  request: listOffers.input,
  response: z.array(
    z.object({
      id: z.uuid(),
      kind,
      state: z.enum(["offered", "expired", "accepted", "withdrawn"]),
      createdAt: instant,
      createdBy: z.string(),
      expiresAt: instant.nullable(),
      acceptedAt: instant.nullable(),
      isGone: z.boolean(),
    }),
  ),
} as const;

/** The route answers the link besides: server/web/claim-link.ts. */
export const offerDeviceRoute = {
  method: "post",
  path: "/devices/{deviceId}/offers",
  tag,
  summary: "Offer a device to whoever presents the code, which is given this once",
  operation: offerDevice,
  request: offerDevice.input,
  response: z.object({
    offerId: z.uuid(),
    deviceId: z.string(),
    kind,
    code: z.string(),
    link: z.url().describe("The page that claims it; the code is in the fragment"),
    expiresAt: instant,
  }),
  status: 201,
} as const;

export const withdrawOfferRoute = {
  method: "delete",
  path: "/devices/{deviceId}/offers/{offerId}",
  tag,
  summary: "Withdraw an offer: its code is worth nothing from then on",
  operation: withdrawOffer,
  request: withdrawOffer.input,
  response: z.object({ deviceId: z.string(), offerId: z.uuid() }),
} as const;

export const inspectOfferRoute = {
  method: "post",
  path: "/claims/inspection",
  tag,
  summary: "Say what a code stands for, before it is claimed",
  operation: inspectOffer,
  request: inspectOfferSchema,
  response: z.object({
    kind,
    deviceId: z.string(),
    name: z.string(),
    serial: z.string(),
    manufacturer: z.string(),
    model: z.string(),
    from: z.string().describe("The organisation that has it"),
    isOwn: z.boolean(),
    expiresAt: instant.nullable(),
  }),
} as const;

export const claimDeviceRoute = {
  method: "post",
  path: "/claims",
  tag,
  summary: "Take a device over with its code",
  operation: claimDevice,
  request: claimDeviceSchema,
  response: z.object({
    deviceId: z.string(),
    name: z.string(),
    from: z.string().nullable(),
    credentials: z.int(),
  }),
  status: 201,
} as const;

/** The route writes it as a document: server/services/device/proof-pdf.ts. */
export const decommissionProofRoute = {
  method: "get",
  path: "/devices/{deviceId}/decommission-proof",
  tag: "Devices",
  summary: "Download the proof that a device was decommissioned, as PDF",
  operation: decommissionProof,
  request: z.object({ deviceId: decommissionProof.input.shape.device }),
  response: z.string(),
  media: { answer: "application/pdf" },
} as const;
