import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A note as pages and programs show it. Instants are ISO 8601. */
export type DeviceNote = {
  readonly id: string;
  readonly text: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Null when nobody changed it. */
  readonly changedAt: string | null;
  readonly revision: number;
};

/** The columns of a {@link DeviceNote}. */
export const noteColumns = {
  id: true,
  text: true,
  createdAt: true,
  createdBy: true,
  changedAt: true,
  revision: true,
} as const;

type NoteRow = Omit<DeviceNote, "createdAt" | "changedAt"> & {
  readonly createdAt: Date;
  readonly changedAt: Date | null;
};

export function noteView({ createdAt, changedAt, ...row }: NoteRow): DeviceNote {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt?.toISOString() ?? null,
  };
}

/**
 * A note of this device.
 * @throws ServiceError not_found
 */
export async function requireNote(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  at: { readonly device: Pick<LockedDevice, "id" | "deviceId">; readonly noteId: string },
): Promise<NoteRow> {
  const note = await tx.deviceNote.findFirst({
    where: { tenantId, id: at.noteId, deviceId: at.device.id },
    select: noteColumns,
  });
  if (note !== null) return note;
  throw new ServiceError("not_found", `“${at.device.deviceId}” has no such note.`, {
    remedy: "Somebody may have removed it: load the page again.",
  });
}
