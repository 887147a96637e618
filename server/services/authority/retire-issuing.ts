import { countCertificatesByIssuer } from "#server/db/count-certificates-by-issuer.ts";
import {
  authorityTarget,
  authorityTimeoutMs,
  manage,
  requireOperator,
} from "#server/services/authority/internal.ts";
import { retireIssuingSchema } from "#server/services/authority/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Takes an issuing CA out of the trusted ones and destroys its key. While certificates that it signed
 * still count, their number must be given: their devices are turned away from then on.
 * @throws ServiceError forbidden (another organisation runs the installation), not_found, conflict
 *   (certificates still count, or it is the active one), unavailable (the signer is away)
 */
export const retireIssuing = defineMutation({
  name: "authority.retire_issuing",
  can: "authority.manage",
  input: retireIssuingSchema,
  timeoutMs: authorityTimeoutMs,
  run: async ({ ctx, tx, input: { sha256, certificates } }) => {
    await requireOperator(tx, ctx);
    const authority = await tx.certificateAuthority.findFirst({
      where: { sha256, kind: "issuing" },
      select: { subject: true },
    });
    if (authority === null) {
      throw new ServiceError("not_found", "There is no issuing CA of this SHA-256.", {
        remedy: "Choose one of the list of CAs.",
      });
    }
    const counts = await countCertificatesByIssuer(tx, { now: ctx.now(), tenantId: null });
    const valid = counts.get(authority.subject) ?? 0;
    if (valid > 0 && certificates !== valid) {
      throw new ServiceError(
        "conflict",
        `${valid} certificates of this CA still count; their devices would be turned away.`,
        { remedy: `Renew them first, or confirm by the number ${valid} that they end.` },
      );
    }
    await manage({ ctx, tx }, { op: "retire-issuing", sha256 });
    return {
      value: { sha256, certificates: valid },
      audit: {
        target: authorityTarget(sha256),
        payload: { after: { state: "retired" }, certificates: valid },
      },
      control: { kind: "trust" as const, tenantId: ctx.tenantId },
    };
  },
});
