import type { Tx } from "#server/db/client.ts";
import type { DeviceOffer } from "#server/db/find-device-offer.ts";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import type { DeviceClaimed } from "#server/services/transfer/claim.ts";

/**
 * Notes on a device of one's own who has it in hand, as the attribute `owner`.
 * @throws ServiceError conflict when the code was for another organisation
 */
export async function claimOwn(at: {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly offer: DeviceOffer;
  readonly name: string | undefined;
}) {
  const { ctx, tx, offer, name } = at;
  if (offer.kind === "transfer") {
    throw new ServiceError("conflict", `${offer.deviceId} belongs to your organisation already.`, {
      remedy: "Give the code to the organisation that is to have the device.",
    });
  }
  const by = actorName(ctx.actor);
  const where = { tenantId_id: { tenantId: ctx.tenantId, id: offer.deviceUuid } };
  const { attributes } = await tx.device.findUniqueOrThrow({ where, select: { attributes: true } });
  await tx.device.update({
    where,
    data: {
      attributes: { ...deviceAttributes.parse(attributes), owner: by },
      ...(name === undefined ? {} : { name }),
    },
    select: { id: true },
  });
  await tx.deviceTransfer.updateMany({
    where: { tenantId: ctx.tenantId, id: offer.offerId },
    data: {
      state: "accepted",
      acceptedAt: ctx.now(),
      acceptedBy: by,
      acceptedTenantId: ctx.tenantId,
    },
  });
  const value: DeviceClaimed = {
    deviceId: offer.deviceId,
    name: name ?? offer.deviceName,
    from: null,
    credentials: 0,
  };
  return {
    value,
    audit: {
      target: deviceTarget(offer),
      payload: { kind: offer.kind, offer: offer.offerId, owner: by },
    },
    control: deviceChanged(ctx, { key: offer.deviceKey }),
  };
}
