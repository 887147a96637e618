import { requireNote } from "#server/services/device-note/internal.ts";
import { removeDeviceNoteSchema } from "#server/services/device-note/schemas.ts";
import { deviceTarget, findDevice } from "#server/services/device/internal.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Removes a note; the audit trail keeps what it said.
 * @throws ServiceError not_found
 */
export const removeDeviceNote = defineMutation({
  name: "deviceNote.remove",
  can: "device.annotate",
  input: removeDeviceNoteSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findDevice(tx, input.deviceId);
    const note = await requireNote(tx, ctx, { device, noteId: input.noteId });
    await tx.deviceNote.delete({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: note.id } },
    });
    const value = { noteId: note.id };
    const payload = { noteId: note.id, text: note.text };
    return { value, audit: { target: deviceTarget(device), payload } };
  },
});
