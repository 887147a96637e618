import { revokeTicketSchema } from "#server/services/certificate/renewal-schemas.ts";
import { deviceTarget, findDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { ticketState } from "#server/services/renewal-ticket/list.ts";

/**
 * Ends a ticket before it is used.
 * @throws ServiceError not_found, conflict when it counts no more already
 */
export const revokeTicket = defineMutation({
  name: "renewalTicket.revoke",
  can: "certificate.manage",
  input: revokeTicketSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findDevice(tx, input.deviceId);
    const where = { tenantId: ctx.tenantId, deviceId: device.id, id: input.ticketId };
    const ticket = await tx.renewalTicket.findFirst({
      where,
      select: { expiresAt: true, usedAt: true, revokedAt: true },
    });
    if (ticket === null) {
      throw new ServiceError("not_found", `${device.deviceId} has no such ticket.`, {
        remedy: "Reload the device's page.",
      });
    }
    const state = ticketState(ticket, ctx.now());
    if (state !== "open") {
      throw new ServiceError("conflict", `This ticket is ${state} already.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.renewalTicket.updateMany({ where, data: { revokedAt: ctx.now() } });
    const value = { deviceId: device.deviceId, ticketId: input.ticketId };
    return {
      value,
      audit: { target: deviceTarget(device), payload: { ticketId: input.ticketId } },
    };
  },
});
