import { defineMutation } from "#server/services/mutation.ts";
import {
  changeBinding,
  lockBinding,
  noCanary,
  noTrial,
  requireBinding,
} from "#server/services/schema/change-binding.ts";
import { bindingTarget } from "#server/services/schema/schemas.ts";

/**
 * Ends a trial: the devices that were on it have the version of all others again.
 * @throws ServiceError not_found, conflict
 */
export const endCanary = defineMutation({
  name: "schema.endCanary",
  can: "schema.manage",
  input: bindingTarget,
  run: async ({ ctx, tx, input }) => {
    const locked = await lockBinding(tx, ctx, input);
    if (requireBinding(locked).canarySchemaId === null) throw noTrial(locked);
    return changeBinding(tx, ctx, locked, noCanary);
  },
});
