import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A note on a chart; instants are epoch milliseconds. */
export type ChartNote = {
  readonly id: string;
  readonly device: { readonly id: string; readonly deviceId: string; readonly name: string } | null;
  readonly from: number;
  /** Null: an instant. */
  readonly to: number | null;
  readonly text: string;
  readonly by: string;
  readonly revision: number;
};

type NoteRow = {
  readonly id: string;
  readonly deviceId: string | null;
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly text: string;
  readonly createdBy: string;
  readonly revision: number;
};

/** Columns of a note. */
export const noteColumns = {
  id: true,
  deviceId: true,
  fromAt: true,
  toAt: true,
  text: true,
  createdBy: true,
  revision: true,
} as const;

/** A row as people see it. */
export function noteOf(row: NoteRow, device: ChartNote["device"]): ChartNote {
  return {
    id: row.id,
    device,
    from: row.fromAt.getTime(),
    to: row.toAt?.getTime() ?? null,
    text: row.text,
    by: row.createdBy,
    revision: row.revision,
  };
}

/** How a note is written in the audit trail. */
export function noteTarget(id: string): string {
  return `annotation:${id}`;
}

/**
 * The device a note is about; null for one about every device.
 * @throws ServiceError not_found
 */
export async function requireNoteDevice(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  id: string | null,
): Promise<ChartNote["device"]> {
  if (id === null) return null;
  const device = await tx.device.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { id: true, deviceId: true, name: true },
  });
  if (device !== null) return device;
  throw new ServiceError("not_found", "There is no such device.", {
    remedy: "It may have been removed; choose another one.",
  });
}

/**
 * A note as it is now, if it is still the one that was read.
 * @throws ServiceError not_found, conflict when somebody changed it meanwhile
 */
export async function requireNote(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  read: { readonly id: string; readonly revision: number },
): Promise<NoteRow> {
  const row = await tx.chartAnnotation.findUnique({
    where: { tenantId_id: { tenantId, id: read.id } },
    select: noteColumns,
  });
  if (row === null) {
    throw new ServiceError("not_found", "There is no such note.", {
      remedy: "Somebody may have removed it; load the chart again.",
    });
  }
  if (row.revision !== read.revision) throw changedMeanwhile();
  return row;
}

/** What two people meet who change one note at the same time. */
export function changedMeanwhile(): ServiceError {
  return new ServiceError("conflict", "Somebody else changed this note meanwhile.", {
    remedy: "Close this, read what is there now, and change it again.",
  });
}
