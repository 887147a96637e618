import "server-only";
import type { Context } from "#server/services/context.ts";
import { decommissionProof } from "#server/services/device/decommission-proof.ts";
import { decommissionProofPdf } from "#server/services/device/proof-pdf.ts";

/** The proof of a decommissioning as a download. */
export async function proofResponse(ctx: Context, device: string): Promise<Response> {
  const proof = await decommissionProof(ctx, { device });
  const pdf = await decommissionProofPdf(proof);
  const name = proof.device.deviceId.replace(/[^A-Za-z0-9._-]/g, "_");
  return new Response(new Uint8Array(pdf), {
    headers: {
      "content-type": "application/pdf",
      "content-disposition": `attachment; filename="decommissioning-${name}.pdf"`,
      "cache-control": "no-store",
    },
  });
}
