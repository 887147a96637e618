import { listRequestKey } from "#server/db/read-list-request.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { publishListsSchema } from "#server/services/revocation-list/schemas.ts";
import { runsInstallation, writeSetting } from "#server/services/tls/internal.ts";

/**
 * Asks the workers for new lists of revoked certificates of every CA, although nothing changed.
 * @throws ServiceError forbidden (another organisation runs the installation)
 */
export const publishCrls = defineMutation({
  name: "revocationList.publish",
  can: "authority.manage",
  input: publishListsSchema,
  run: async ({ ctx, tx }) => {
    if (!(await runsInstallation(tx, ctx))) {
      throw new ServiceError("forbidden", "The lists are of the whole installation.", {
        remedy: "Ask the organisation that runs it.",
      });
    }
    await writeSetting(tx, ctx, { key: listRequestKey, value: {} });
    return {
      value: { askedAt: ctx.now().toISOString() },
      audit: { target: "revocation-lists", payload: {} },
      control: { kind: "revocation" as const, tenantId: ctx.tenantId },
    };
  },
});
