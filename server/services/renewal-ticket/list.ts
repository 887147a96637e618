import { listTicketsSchema } from "#server/services/certificate/renewal-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** Whether a ticket still counts, and why not. */
export const ticketStates = ["open", "used", "expired", "revoked"] as const;
export type TicketState = (typeof ticketStates)[number];

/** A ticket without its code. Times are ISO 8601 in UTC. */
export type TicketView = {
  readonly id: string;
  readonly state: TicketState;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly usedAt: string | null;
  readonly certificateId: string | null;
  readonly revokedAt: string | null;
};

type Ended = {
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
};

export function ticketState({ usedAt, revokedAt, expiresAt }: Ended, now: Date): TicketState {
  if (usedAt !== null) return "used";
  if (revokedAt !== null) return "revoked";
  return now >= expiresAt ? "expired" : "open";
}

/** The tickets of a device, newest first, at most 100. */
export const listTickets = defineQuery({
  name: "renewalTicket.list",
  can: "certificate.view",
  input: listTicketsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly TicketView[]> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const device = await requireDevice(tx, { tenantId, reference: input.deviceId, now });
    const rows = await tx.renewalTicket.findMany({
      where: { tenantId, deviceId: device.id },
      omit: { tenantId: true, deviceId: true, codeHash: true },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: 100,
    });
    return rows.map((row) => ({
      id: row.id,
      state: ticketState(row, now),
      createdAt: row.createdAt.toISOString(),
      createdBy: row.createdBy,
      expiresAt: row.expiresAt.toISOString(),
      usedAt: row.usedAt?.toISOString() ?? null,
      certificateId: row.certificateId,
      revokedAt: row.revokedAt?.toISOString() ?? null,
    }));
  },
});
