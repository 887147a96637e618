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
 * The version on trial becomes that of all devices; the one before is kept for a roll-back.
 * @throws ServiceError not_found, conflict
 */
export const promoteCanary = defineMutation({
  name: "schema.promoteCanary",
  can: "schema.manage",
  input: bindingTarget,
  run: async ({ ctx, tx, input }) => {
    const locked = await lockBinding(tx, ctx, input);
    const { schemaId: previousSchemaId, canarySchemaId } = requireBinding(locked);
    if (canarySchemaId === null) throw noTrial(locked);
    return changeBinding(tx, ctx, locked, {
      schemaId: canarySchemaId,
      previousSchemaId,
      ...noCanary,
    });
  },
});
