import { z } from "zod";
import { addTrustAnchor } from "#server/services/trust-anchor/add.ts";
import { changeTrustAnchor } from "#server/services/trust-anchor/change.ts";
import { listTrustAnchors } from "#server/services/trust-anchor/list.ts";
import { removeTrustAnchor } from "#server/services/trust-anchor/remove.ts";

const instant = z.iso.datetime();
const tag = "Trust anchors";
const changed = z.object({ trustAnchorId: z.uuid() });

export const listTrustAnchorsRoute = {
  method: "get",
  path: "/trust-anchors",
  tag,
  summary: "List the certificates that firmware has built in",
  operation: listTrustAnchors,
  request: listTrustAnchors.input,
  response: z.object({
    trustAnchors: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        sha256: z.string(),
        subject: z.string(),
        keyAlgorithm: z.string(),
        notBefore: instant,
        notAfter: instant,
        daysLeft: z.int(),
        firmware: z.array(z.string()).describe("Empty: all versions"),
        profile: z.object({ id: z.uuid(), name: z.string() }).nullable(),
        note: z.string(),
        devices: z.int().describe("Devices that run such firmware, by what they last said"),
        createdAt: instant,
        createdBy: z.string(),
      }),
    ),
  }),
} as const;

export const addTrustAnchorRoute = {
  method: "post",
  path: "/trust-anchors",
  tag,
  summary: "Take note of a certificate that firmware has built in, so that its end is in view",
  operation: addTrustAnchor,
  request: addTrustAnchor.input,
  response: z.object({ trustAnchorId: z.uuid(), sha256: z.string() }),
  status: 201,
} as const;

export const changeTrustAnchorRoute = {
  method: "patch",
  path: "/trust-anchors/{trustAnchorId}",
  tag,
  summary: "Change what is said of a trust anchor",
  operation: changeTrustAnchor,
  request: changeTrustAnchor.input,
  response: changed,
} as const;

export const removeTrustAnchorRoute = {
  method: "delete",
  path: "/trust-anchors/{trustAnchorId}",
  tag,
  summary: "Forget a trust anchor that no firmware has any more",
  operation: removeTrustAnchor,
  request: removeTrustAnchor.input,
  response: changed,
} as const;
