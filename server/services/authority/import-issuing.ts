import {
  activeIssuing,
  authorityTarget,
  authorityTimeoutMs,
  manage,
  requireOperator,
} from "#server/services/authority/internal.ts";
import { importIssuingSchema } from "#server/services/authority/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Takes over the certificate that another root made for the request. It signs from now on; the CA
 * before stays trusted.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (no request
 *   waits, or the certificate or its chain does not fit), unavailable (the signer is away)
 */
export const importIssuing = defineMutation({
  name: "authority.import_issuing",
  can: "authority.manage",
  input: importIssuingSchema,
  timeoutMs: authorityTimeoutMs,
  run: async ({ ctx, tx, input }) => {
    await requireOperator(tx, ctx);
    const sha256 = activeIssuing(await manage({ ctx, tx }, { op: "import-issuing", ...input }));
    return {
      value: { sha256 },
      audit: { target: authorityTarget(sha256), payload: { after: { state: "active" } } },
      control: { kind: "trust" as const, tenantId: ctx.tenantId },
    };
  },
});
