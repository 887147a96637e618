import "server-only";
import type { Context } from "#server/services/context.ts";
import { decommissionProof } from "#server/services/device/decommission-proof.ts";
import { decommissionProofPdf } from "#server/services/device/proof-pdf.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";
import { revocationProofPdf } from "#server/services/revocation/proof-pdf.ts";

/** The proof of a decommissioning as a download. */
export async function proofResponse(ctx: Context, device: string): Promise<Response> {
  const proof = await decommissionProof(ctx, { device });
  return download(`decommissioning-${proof.device.deviceId}`, await decommissionProofPdf(proof));
}

/** The proof of a revocation as a download. */
export async function revocationProofResponse(
  ctx: Context,
  revocationId: string,
): Promise<Response> {
  const proof = await revocationProof(ctx, { revocationId });
  const name = proof.device?.deviceId ?? proof.sha256.slice(0, 16);
  return download(`revocation-${name}`, await revocationProofPdf(proof));
}

function download(name: string, pdf: Buffer): Response {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, "_");
  return new Response(new Uint8Array(pdf), {
    headers: {
      "content-type": "application/pdf",
      "content-disposition": `attachment; filename="${safe}.pdf"`,
      "cache-control": "no-store",
    },
  });
}
