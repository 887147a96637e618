import {
  noteColumns,
  noteOf,
  noteTarget,
  requireNoteDevice,
  type ChartNote,
} from "#server/services/annotation/internal.ts";
import { createAnnotationSchema } from "#server/services/annotation/schemas.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Writes a note at an instant or over a span of time, for one device or for every device.
 * @throws ServiceError not_found (device), invalid
 */
export const createAnnotation = defineMutation({
  name: "annotation.create",
  can: "device.annotate",
  input: createAnnotationSchema,
  run: async ({ ctx, tx, input: { deviceId, from, to, text } }) => {
    const device = await requireNoteDevice(tx, ctx, deviceId);
    const row = await tx.chartAnnotation.create({
      data: {
        tenantId: ctx.tenantId,
        deviceId,
        fromAt: from,
        toAt: to,
        text,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: noteColumns,
    });
    const value: ChartNote = noteOf(row, device);
    return {
      value,
      audit: {
        target: noteTarget(row.id),
        payload: {
          device: device?.deviceId ?? null,
          from: from.toISOString(),
          to: to?.toISOString() ?? null,
          text,
        },
      },
    };
  },
});
