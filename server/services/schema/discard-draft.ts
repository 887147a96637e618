import { Prisma } from "#server/db/generated/client.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  lockForChange,
  requireRevision,
  schemaTargetOf,
} from "#server/services/schema/internal.ts";
import { draftTarget } from "#server/services/schema/schemas.ts";

/**
 * Throws a draft away. Versions stay as they are.
 * @throws ServiceError not_found, conflict (there is none, or somebody has changed it meanwhile)
 */
export const discardDraft = defineMutation({
  name: "schema.discardDraft",
  can: "schema.manage",
  input: draftTarget,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const schema = await lockForChange(tx, ctx, input.name);
    requireRevision(schema, input.revision);
    if (schema.draft === null) {
      throw new ServiceError("conflict", `The schema “${schema.name}” has no draft.`);
    }
    const revision = input.revision + 1;
    await tx.schema.update({
      where: { tenantId_id: { tenantId, id: schema.id } },
      data: {
        draft: Prisma.DbNull,
        draftRevision: revision,
        draftUpdatedAt: ctx.now(),
        draftUpdatedBy: actorName(ctx.actor),
      },
    });
    return {
      value: { revision },
      audit: {
        target: schemaTargetOf(schema),
        payload: { discarded: { revision: input.revision } },
      },
    };
  },
});
