import { actorName } from "#server/services/context.ts";
import { noteColumns, noteView, type DeviceNote } from "#server/services/device-note/internal.ts";
import { addDeviceNoteSchema } from "#server/services/device-note/schemas.ts";
import { deviceTarget, findDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

const maxNotes = 1_000;

/**
 * Notes something of a device, also of one that is gone.
 * @throws ServiceError not_found, conflict when it has a thousand notes
 */
export const addDeviceNote = defineMutation({
  name: "deviceNote.add",
  can: "device.annotate",
  input: addDeviceNoteSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const device = await findDevice(tx, input.deviceId);
    const known = await tx.deviceNote.count({ where: { tenantId, deviceId: device.id } });
    if (known >= maxNotes) {
      throw new ServiceError("conflict", `“${device.deviceId}” has ${maxNotes} notes already.`, {
        remedy: "Remove some that are out of date.",
      });
    }
    const note = await tx.deviceNote.create({
      data: {
        tenantId,
        deviceId: device.id,
        text: input.text,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: noteColumns,
    });
    const value: DeviceNote = noteView(note);
    const payload = { noteId: note.id, text: input.text };
    return { value, audit: { target: deviceTarget(device), payload } };
  },
});
