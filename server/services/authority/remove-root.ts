import {
  authorityTarget,
  authorityTimeoutMs,
  manage,
  requireOperator,
} from "#server/services/authority/internal.ts";
import { removeRootSchema } from "#server/services/authority/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Deletes the root's key from this server, for good. Devices, issuing CAs and lists go on; a further
 * issuing CA is then made by a request to wherever the root is.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (another
 *   SHA-256, or the key is gone already), unavailable (the signer is away)
 */
export const removeRoot = defineMutation({
  name: "authority.remove_root",
  can: "authority.manage",
  input: removeRootSchema,
  timeoutMs: authorityTimeoutMs,
  run: async ({ ctx, tx, input: { sha256 } }) => {
    await requireOperator(tx, ctx);
    await manage({ ctx, tx }, { op: "remove-root", sha256 });
    return {
      value: { sha256 },
      audit: { target: authorityTarget(sha256), payload: { after: { keyPlace: "absent" } } },
      control: { kind: "trust" as const, tenantId: ctx.tenantId },
    };
  },
});
