import {
  activeIssuing,
  authorityTarget,
  authorityTimeoutMs,
  manage,
  requireOperator,
} from "#server/services/authority/internal.ts";
import { renewIssuingSchema } from "#server/services/authority/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Makes a new issuing CA, signed by the root that is here. It signs from now on; the one before stays
 * trusted, so that no device is turned away.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (the root is
 *   not here), unavailable (the signer is away)
 */
export const renewIssuing = defineMutation({
  name: "authority.renew_issuing",
  can: "authority.manage",
  input: renewIssuingSchema,
  timeoutMs: authorityTimeoutMs,
  run: async ({ ctx, tx }) => {
    await requireOperator(tx, ctx);
    const sha256 = activeIssuing(await manage({ ctx, tx }, { op: "renew-issuing" }));
    return {
      value: { sha256 },
      audit: { target: authorityTarget(sha256), payload: { after: { state: "active" } } },
      control: { kind: "trust" as const, tenantId: ctx.tenantId },
    };
  },
});
