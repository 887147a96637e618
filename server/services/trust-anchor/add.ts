import { readCertificate } from "#server/pki/customer-ca.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { profileOf, trustAnchorTargetName } from "#server/services/trust-anchor/internal.ts";
import { addTrustAnchorSchema } from "#server/services/trust-anchor/schemas.ts";

export type TrustAnchorAdded = { readonly trustAnchorId: string; readonly sha256: string };

/**
 * Takes note of a certificate that some firmware trusts, so that its end is in view. Nothing here trusts
 * it, so one that has ended or is weak is taken as well: that is what people should see.
 * @throws ServiceError invalid (no certificate, unknown profile), conflict (it is noted already)
 */
export const addTrustAnchor = defineMutation({
  name: "trustAnchor.add",
  can: "certificate.manage",
  input: addTrustAnchorSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const read = readCertificate(input.pem);
    if (read.problem !== undefined) {
      throw new ServiceError("invalid", read.problem, {
        fields: [{ path: "pem", message: read.problem }],
      });
    }
    const { sha256, subject, notBefore, notAfter } = read.description;
    const known = await tx.trustAnchor.findUnique({
      where: { tenantId_sha256: { tenantId, sha256 } },
      select: { name: true },
    });
    if (known !== null) {
      throw new ServiceError("conflict", `This certificate is noted already, as “${known.name}”.`, {
        remedy: "Add its firmware versions there.",
      });
    }
    const profileId = await profileOf(tx, ctx, input.profile);
    const { name, firmware, note } = input;
    const made = await tx.trustAnchor.create({
      data: {
        tenantId,
        name,
        sha256,
        subject,
        pem: read.pem,
        notBefore,
        notAfter,
        firmware,
        profileId,
        note,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const value: TrustAnchorAdded = { trustAnchorId: made.id, sha256 };
    const payload = { trustAnchorId: made.id, name, sha256, subject, firmware, profileId, note };
    return { value, audit: { target: trustAnchorTargetName({ sha256 }), payload } };
  },
});
