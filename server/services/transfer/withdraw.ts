import { deviceTarget } from "#server/services/device/internal.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { withdrawOfferSchema } from "#server/services/transfer/schemas.ts";

export type OfferWithdrawn = { readonly deviceId: string; readonly offerId: string };

/**
 * Ends an offer: its code is worth nothing from now on.
 * @throws ServiceError not_found, conflict (accepted or withdrawn already)
 */
export const withdrawOffer = defineMutation({
  name: "device.withdrawOffer",
  can: "device.transfer",
  input: withdrawOfferSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    // Not locked: a claim holds the offer first and the device then.
    const device = await requireDevice(tx, {
      tenantId,
      reference: input.deviceId,
      now: ctx.now(),
    });
    const where = { tenantId, id: input.offerId, deviceUuid: device.id };
    const { count } = await tx.deviceTransfer.updateMany({
      where: { ...where, state: "offered" },
      data: { state: "withdrawn" },
    });
    if (count === 0) throw await notOpen(tx.deviceTransfer.count({ where }), device.deviceId);
    const value: OfferWithdrawn = { deviceId: device.deviceId, offerId: input.offerId };
    return {
      value,
      audit: { target: deviceTarget(device), payload: { offer: input.offerId } },
    };
  },
});

async function notOpen(counting: Promise<number>, deviceId: string): Promise<ServiceError> {
  if ((await counting) === 0) {
    return new ServiceError("not_found", `${deviceId} has no such offer.`, {
      remedy: "Reload the device's page.",
    });
  }
  return new ServiceError("conflict", "This offer is accepted or withdrawn already.", {
    remedy: "Nothing was changed.",
  });
}
