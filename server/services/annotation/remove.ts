import { changedMeanwhile, noteTarget, requireNote } from "#server/services/annotation/internal.ts";
import { removeAnnotationSchema } from "#server/services/annotation/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Removes a note; its text stays in the audit trail.
 * @throws ServiceError not_found, conflict when somebody changed it meanwhile
 */
export const removeAnnotation = defineMutation({
  name: "annotation.remove",
  can: "device.annotate",
  input: removeAnnotationSchema,
  run: async ({ ctx, tx, input }) => {
    const { text } = await requireNote(tx, ctx, input);
    const { count } = await tx.chartAnnotation.deleteMany({
      where: { tenantId: ctx.tenantId, id: input.id, revision: input.revision },
    });
    if (count === 0) throw changedMeanwhile();
    return {
      value: { removed: true },
      audit: { target: noteTarget(input.id), payload: { text } },
    };
  },
});
