import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { digestOf, requireSavable, toJson } from "#server/services/schema/definition.ts";
import {
  lockForChange,
  requireRevision,
  schemaTargetOf,
} from "#server/services/schema/internal.ts";
import { saveDraftSchema } from "#server/services/schema/schemas.ts";
import type { DefinitionProblem } from "#server/services/schema/view.ts";

export type DraftSaved = {
  readonly revision: number;
  /** Put right before it is published. */
  readonly problems: readonly DefinitionProblem[];
};

/**
 * Keeps a draft. Nothing that devices send changes.
 * @throws ServiceError not_found, invalid (a JSON Schema that is not safe), conflict (somebody has
 * changed the draft meanwhile)
 */
export const saveDraft = defineMutation({
  name: "schema.saveDraft",
  can: "schema.manage",
  input: saveDraftSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const schema = await lockForChange(tx, ctx, input.name);
    requireRevision(schema, input.revision);
    const problems = requireSavable(schema.format, input.definition);
    const revision = input.revision + 1;
    await tx.schema.update({
      where: { tenantId_id: { tenantId, id: schema.id } },
      data: {
        draft: toJson(input.definition),
        draftRevision: revision,
        draftUpdatedAt: ctx.now(),
        draftUpdatedBy: actorName(ctx.actor),
      },
    });
    const value: DraftSaved = { revision, problems };
    return {
      value,
      audit: {
        target: schemaTargetOf(schema),
        // The draft may have a megabyte: its digest says which one it was.
        payload: { after: { revision, draft: digestOf(input.definition) } },
      },
    };
  },
});
