import { noteColumns, noteView, type DeviceNote } from "#server/services/device-note/internal.ts";
import { deviceNoteListSchema } from "#server/services/device-note/schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** More than this nobody reads. */
const maxShown = 200;

/**
 * What people noted of a device, newest first.
 * @throws ServiceError not_found
 */
export const listDeviceNotes = defineQuery({
  name: "deviceNote.list",
  can: "fleet.view",
  input: deviceNoteListSchema,
  run: async ({ ctx, tx, input }): Promise<{ readonly notes: readonly DeviceNote[] }> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, {
      tenantId,
      reference: input.deviceId,
      now: ctx.now(),
    });
    const notes = await tx.deviceNote.findMany({
      where: { tenantId, deviceId: device.id },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: maxShown,
      select: noteColumns,
    });
    return { notes: notes.map(noteView) };
  },
});
