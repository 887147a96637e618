import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
import { revocationListSchema } from "#server/services/revocation-list/schemas.ts";

/** A list as a file. */
export type RevocationListFile = {
  readonly name: string;
  readonly number: string;
  /** DER. */
  readonly der: Uint8Array;
};

/**
 * The newest list of a CA.
 * @throws ServiceError not_found
 */
export const readCrlFile = defineQuery({
  name: "revocationList.read",
  can: "authority.view",
  input: revocationListSchema,
  run: async ({ tx, input: { issuerSha256, kind } }): Promise<RevocationListFile> => {
    const row = await tx.certificateRevocationList.findFirst({
      where: { issuerSha256, kind },
      orderBy: { number: "desc" },
      select: { number: true, der: true },
    });
    if (row === null) {
      throw new ServiceError("not_found", "There is no such list.", {
        remedy: "A worker makes it when it starts, if the signer answers: check that both run.",
      });
    }
    const name = `${issuerSha256.slice(0, 8)}${kind === "delta" ? "-delta" : ""}.crl`;
    return { name, number: String(row.number), der: row.der };
  },
});
