import { z } from "zod";
import { readTrustedRoots } from "#server/services/authority/chain.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** The root certificate by which devices know this installation's listener, as PEM; two while another takes over. */
export const rootCertificate = defineQuery({
  name: "certificate.root",
  can: "fleet.view",
  input: z.object({}),
  run: async ({ tx }): Promise<{ readonly pem: string }> => {
    const pem = await readTrustedRoots(tx, "");
    if (pem !== "") return { pem };
    throw new ServiceError("not_found", "There is no device CA yet.", {
      remedy: "The signer creates it when it starts: check that it runs.",
    });
  },
});
