import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  bindingResult,
  bindingWords,
  changeBinding,
  lockBinding,
  noCanary,
  requireBindable,
} from "#server/services/schema/change-binding.ts";
import { bindSchemaSchema } from "#server/services/schema/schemas.ts";

/** Bindings of one profile; each is compared with every message of its devices. */
const mostBindings = 50;

/**
 * Gives the messages of a profile, by stream and content type, another schema version. A version
 * on trial ends; the one before is kept for a roll-back.
 * @throws ServiceError not_found, conflict
 */
export const bindSchema = defineMutation({
  name: "schema.bind",
  can: "schema.manage",
  input: bindSchemaSchema,
  run: async ({ ctx, tx, input }) => {
    const locked = await lockBinding(tx, ctx, input);
    const { profile, key, row } = locked;
    const schemaId = await requireBindable(tx, ctx, input);
    if (row !== undefined) {
      if (row.schemaId === schemaId && row.canarySchemaId === null) {
        const what = `${input.schema}@${input.version}`;
        throw new ServiceError(
          "conflict",
          `Nothing changes: ${bindingWords(profile.name, key)} have ${what} already.`,
        );
      }
      const previousSchemaId = row.schemaId === schemaId ? row.previousSchemaId : row.schemaId;
      return changeBinding(tx, ctx, locked, { schemaId, previousSchemaId, ...noCanary });
    }
    const { tenantId } = ctx;
    const others = await tx.profileBinding.count({ where: { tenantId, profileId: profile.id } });
    if (others >= mostBindings) {
      throw new ServiceError("conflict", `A profile has at most ${mostBindings} bindings.`, {
        remedy: "Remove one that is not needed.",
      });
    }
    await tx.profileBinding.create({
      data: {
        tenantId,
        ...key,
        schemaId,
        changedAt: ctx.now(),
        changedBy: actorName(ctx.actor),
      },
    });
    return bindingResult(tx, ctx, locked);
  },
});
