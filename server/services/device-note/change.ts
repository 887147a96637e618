import {
  noteColumns,
  noteView,
  requireNote,
  type DeviceNote,
} from "#server/services/device-note/internal.ts";
import { changeDeviceNoteSchema } from "#server/services/device-note/schemas.ts";
import { deviceTarget, findDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Writes a note anew.
 * @throws ServiceError not_found, conflict when somebody changed it since it was read
 */
export const changeDeviceNote = defineMutation({
  name: "deviceNote.change",
  can: "device.annotate",
  input: changeDeviceNoteSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findDevice(tx, input.deviceId);
    const before = await requireNote(tx, ctx, { device, noteId: input.noteId });
    if (before.revision !== input.revision) {
      throw new ServiceError("conflict", "Somebody changed this note in the meantime.", {
        remedy: "Copy what you wrote, load the page again and write it into the newer note.",
      });
    }
    const note = await tx.deviceNote.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: before.id } },
      data: { text: input.text, changedAt: ctx.now(), revision: before.revision + 1 },
      select: noteColumns,
    });
    const value: DeviceNote = noteView(note);
    const payload = { noteId: note.id, before: before.text, after: note.text };
    return { value, audit: { target: deviceTarget(device), payload } };
  },
});
