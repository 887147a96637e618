import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  requireTrustAnchor,
  trustAnchorTargetName,
} from "#server/services/trust-anchor/internal.ts";
import { trustAnchorTarget } from "#server/services/trust-anchor/schemas.ts";

/**
 * Forgets a trust anchor: no firmware has it any more. Its end is then nobody's business.
 * @throws ServiceError not_found, conflict (another caller removed it meanwhile)
 */
export const removeTrustAnchor = defineMutation({
  name: "trustAnchor.remove",
  can: "certificate.manage",
  input: trustAnchorTarget,
  run: async ({ ctx, tx, input }) => {
    const found = await requireTrustAnchor(tx, ctx, input.trustAnchorId);
    const { id, name, sha256, subject, firmware, note } = found;
    const { count } = await tx.trustAnchor.deleteMany({ where: { tenantId: ctx.tenantId, id } });
    if (count === 0) {
      throw new ServiceError("conflict", `“${name}” was removed meanwhile.`, {
        remedy: "Reload the list.",
      });
    }
    const payload = { before: { trustAnchorId: id, name, sha256, subject, firmware, note } };
    return {
      value: { trustAnchorId: id },
      audit: { target: trustAnchorTargetName({ sha256 }), payload },
    };
  },
});
