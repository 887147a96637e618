import {
  authorityTarget,
  authorityTimeoutMs,
  manage,
  requireOperator,
} from "#server/services/authority/internal.ts";
import { exportRootSchema } from "#server/services/authority/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * The root's key under a passphrase: PKCS #8 (RFC 5958) with PBES2, as `openssl pkcs8` reads it. That
 * it left is recorded; the passphrase is not.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (the root is
 *   not here), unavailable (the signer is away)
 */
export const exportRoot = defineMutation({
  name: "authority.export_root",
  can: "authority.manage",
  input: exportRootSchema,
  timeoutMs: authorityTimeoutMs,
  run: async ({ ctx, tx, input: { passphrase } }) => {
    await requireOperator(tx, ctx);
    const result = await manage({ ctx, tx }, { op: "export-root", passphrase });
    const root = result.authorities.find(
      (each) => each.kind === "root" && each.keyPlace !== "absent",
    );
    if (root === undefined || result.encryptedKeyPem === undefined) {
      throw new ServiceError("unavailable", "The signer gave no key.");
    }
    return {
      value: {
        sha256: root.sha256,
        certificatePem: root.certificatePem,
        encryptedKeyPem: result.encryptedKeyPem,
      },
      audit: { target: authorityTarget(root.sha256), payload: {} },
    };
  },
});
