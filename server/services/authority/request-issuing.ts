import {
  authorityTimeoutMs,
  manage,
  requireOperator,
} from "#server/services/authority/internal.ts";
import { requestIssuingSchema } from "#server/services/authority/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Makes the key of an issuing CA here and a request for a root that is elsewhere. Nothing changes for
 * devices until its certificate is imported. A request from before is given up.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (there is a CA
 *   of this name), unavailable (the signer is away)
 */
export const requestIssuing = defineMutation({
  name: "authority.request_issuing",
  can: "authority.manage",
  input: requestIssuingSchema,
  timeoutMs: authorityTimeoutMs,
  run: async ({ ctx, tx, input }) => {
    await requireOperator(tx, ctx);
    const { csrPem = "" } = await manage({ ctx, tx }, { op: "request-issuing", ...input });
    return {
      value: { csrPem },
      audit: { target: "authority:request", payload: { after: input } },
      control: { kind: "trust" as const, tenantId: ctx.tenantId },
    };
  },
});
