import { z } from "zod";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** The root certificate by which devices know this installation's listener, as PEM. */
export const rootCertificate = defineQuery({
  name: "certificate.root",
  can: "fleet.view",
  input: z.object({}),
  run: async ({ tx }): Promise<{ readonly pem: string }> => {
    const row = await tx.certificateAuthority.findFirst({
      where: { kind: "root" },
      orderBy: { createdAt: "desc" },
      select: { pem: true },
    });
    if (row !== null) return row;
    throw new ServiceError("not_found", "There is no device CA yet.", {
      remedy: "The signer creates it when it starts: check that it runs.",
    });
  },
});
