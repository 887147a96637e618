import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  bindingWords,
  changeBinding,
  lockBinding,
  noCanary,
  requireBinding,
} from "#server/services/schema/change-binding.ts";
import { bindingTarget } from "#server/services/schema/schemas.ts";

/**
 * Returns to the version before the last change, once; a trial ends with it.
 * @throws ServiceError not_found, conflict where there is none before
 */
export const rollBackBinding = defineMutation({
  name: "schema.rollBackBinding",
  can: "schema.manage",
  input: bindingTarget,
  run: async ({ ctx, tx, input }) => {
    const locked = await lockBinding(tx, ctx, input);
    const { previousSchemaId } = requireBinding(locked);
    if (previousSchemaId === null) {
      const words = bindingWords(locked.profile.name, locked.key);
      throw new ServiceError("conflict", `There is no version to return to for ${words}.`, {
        remedy: "Bind the version that you want.",
      });
    }
    return changeBinding(tx, ctx, locked, {
      schemaId: previousSchemaId,
      previousSchemaId: null,
      ...noCanary,
    });
  },
});
