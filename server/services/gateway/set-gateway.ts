import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { requireGateway, requireRoom } from "#server/services/gateway/require-gateway.ts";
import { setGatewaySchema } from "#server/services/gateway/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Where a device is now: the gateway's own id, or null. */
export type GatewaySet = { readonly deviceId: string; readonly gateway: string | null };

/**
 * Puts a device behind a gateway, or takes it off. Its own credentials stay as they are.
 * @throws ServiceError not_found, conflict (decommissioned, a gateway itself, full)
 */
export const setGateway = defineMutation({
  name: "device.setGateway",
  can: "device.manage",
  input: setGatewaySchema,
  run: async ({ ctx, tx, input }) => {
    // The gateway first, always: it is what many changes share.
    const gateway = input.gateway === null ? null : await requireGateway(tx, input.gateway);
    const device = await findLivingDevice(tx, input.deviceId);
    const before = await gatewayOf(tx, device);
    if (gateway !== null && before !== gateway.deviceId) {
      await requireChildless(tx, device, gateway);
      await requireRoom(tx, gateway, { more: 1 });
    }
    await tx.device.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: device.id } },
      data: { gatewayId: gateway?.id ?? null },
      select: { id: true },
    });
    const value: GatewaySet = { deviceId: device.deviceId, gateway: gateway?.deviceId ?? null };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { before: { gateway: before }, after: { gateway: value.gateway } },
      },
      control: deviceChanged(ctx, device),
    };
  },
});

async function gatewayOf(tx: Tx, device: LockedDevice): Promise<string | null> {
  const { gateway } = await tx.device.findFirstOrThrow({
    where: { id: device.id },
    select: { gateway: { select: { deviceId: true } } },
  });
  return gateway?.deviceId ?? null;
}

/** Gateways are not nested: who is behind whom must be said in one word. */
async function requireChildless(
  tx: Tx,
  device: LockedDevice,
  gateway: LockedDevice,
): Promise<void> {
  if (device.id === gateway.id) {
    throw new ServiceError("conflict", `${device.deviceId} cannot be behind itself.`, {
      remedy: "Name another gateway.",
    });
  }
  const children = await tx.device.count({ where: { gatewayId: device.id } });
  if (children === 0) return;
  throw new ServiceError("conflict", `${device.deviceId} is a gateway with ${children} children.`, {
    remedy: "Detach its children first: a gateway is behind no other.",
  });
}
