import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  profileOf,
  requireTrustAnchor,
  trustAnchorTargetName,
} from "#server/services/trust-anchor/internal.ts";
import { changeTrustAnchorSchema } from "#server/services/trust-anchor/schemas.ts";

/**
 * Changes what is said of a trust anchor: its name, the firmware that has it, its profile, its note.
 * @throws ServiceError not_found, invalid (unknown profile), conflict (nothing would change)
 */
export const changeTrustAnchor = defineMutation({
  name: "trustAnchor.change",
  can: "certificate.manage",
  input: changeTrustAnchorSchema,
  run: async ({ ctx, tx, input }) => {
    const found = await requireTrustAnchor(tx, ctx, input.trustAnchorId);
    const { id, sha256, name, firmware, profileId, note } = found;
    const before = { name, firmware, profileId, note };
    const after = {
      name: input.name ?? name,
      firmware: input.firmware ?? firmware,
      profileId: input.profile === undefined ? profileId : await profileOf(tx, ctx, input.profile),
      note: input.note ?? note,
    };
    if (JSON.stringify(before) === JSON.stringify(after)) {
      throw new ServiceError("conflict", `“${name}” says that already.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.trustAnchor.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id } },
      data: after,
      select: { id: true },
    });
    const payload = { trustAnchorId: id, before, after };
    return {
      value: { trustAnchorId: id },
      audit: { target: trustAnchorTargetName({ sha256 }), payload },
    };
  },
});
