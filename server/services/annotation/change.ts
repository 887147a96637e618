import {
  changedMeanwhile,
  noteColumns,
  noteOf,
  noteTarget,
  requireNote,
  requireNoteDevice,
  type ChartNote,
} from "#server/services/annotation/internal.ts";
import { changeAnnotationSchema } from "#server/services/annotation/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Changes a note's text or time.
 * @throws ServiceError not_found, conflict when somebody changed it meanwhile
 */
export const changeAnnotation = defineMutation({
  name: "annotation.change",
  can: "device.annotate",
  input: changeAnnotationSchema,
  run: async ({ ctx, tx, input }) => {
    const before = await requireNote(tx, ctx, input);
    // Judged again by the update itself: of two at the same time one finds no row.
    const [row] = await tx.chartAnnotation.updateManyAndReturn({
      where: { tenantId: ctx.tenantId, id: input.id, revision: input.revision },
      data: {
        fromAt: input.from,
        toAt: input.to,
        text: input.text,
        revision: { increment: 1 },
      },
      select: noteColumns,
    });
    if (row === undefined) throw changedMeanwhile();
    const value: ChartNote = noteOf(row, await requireNoteDevice(tx, ctx, row.deviceId));
    return {
      value,
      audit: {
        target: noteTarget(row.id),
        payload: {
          before: { text: before.text, from: before.fromAt.toISOString() },
          after: { text: row.text, from: row.fromAt.toISOString() },
        },
      },
    };
  },
});
