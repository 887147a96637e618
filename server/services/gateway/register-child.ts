import type { Tx } from "#server/db/client.ts";
import { lockDevice, type LockedDevice } from "#server/db/lock-device.ts";
import { readChildPolicy, type ChildPolicy } from "#server/domain/child-policy.ts";
import { insertDevice } from "#server/services/device/insert-device.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { createDeviceSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { requireGateway, requireRoom } from "#server/services/gateway/require-gateway.ts";
import { registerChildSchema } from "#server/services/gateway/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A child that its gateway brought. `already`: another message of it was faster. */
export type ChildRegistered = { readonly key: bigint; readonly already: boolean };

/**
 * Registers a child with its first message, as the gateway's policy says. Called twice it registers once.
 * @throws ServiceError not_found, conflict (the policy refuses, the gateway is full, the id is taken)
 */
export const registerChild = defineMutation({
  name: "gateway.registerChild",
  can: "device.manage",
  input: registerChildSchema,
  run: async ({ ctx, tx, input }) => {
    const gateway = await requireGateway(tx, input.gateway);
    const policy = await registeringPolicy(tx, gateway, input.deviceId);
    const known = await lockDevice(tx, input.deviceId);
    const already = known?.deviceId === input.deviceId && (await isBehind(tx, known, gateway));
    if (known !== undefined && already) {
      const value: ChildRegistered = { key: known.key, already };
      const audit = {
        target: deviceTarget(known),
        payload: { already, gateway: gateway.deviceId },
      };
      return { value, audit, control: deviceChanged(ctx, known) };
    }
    await requireRoom(tx, gateway, { more: 1, most: policy.maxChildren });
    const { device, key } = await insertDevice({
      ctx,
      tx,
      input: {
        ...createDeviceSchema.parse({ name: input.deviceId.slice(0, 120) }),
        deviceId: input.deviceId,
        profileId: policy.profileId,
        tags: policy.tags,
        quarantine: policy.quarantine,
        gatewayId: gateway.id,
      },
    });
    const value: ChildRegistered = { key, already: false };
    const after = { ...device, gateway: gateway.deviceId, quarantine: policy.quarantine };
    return {
      value,
      audit: { target: deviceTarget(device), payload: { after } },
      control: deviceChanged(ctx, { key }),
    };
  },
});

type Registering = Extract<ChildPolicy, { readonly mode: "register" }>;

/** A gateway that waits for approval itself brings nobody along. */
async function registeringPolicy(
  tx: Tx,
  gateway: LockedDevice,
  childId: string,
): Promise<Registering> {
  const { childPolicy } = await tx.device.findFirstOrThrow({
    where: { id: gateway.id },
    select: { childPolicy: true },
  });
  const policy = readChildPolicy(childPolicy);
  if (policy.mode === "register" && gateway.state === "active") return policy;
  const why =
    policy.mode === "refuse"
      ? "its child policy registers nobody"
      : `it is ${gateway.state}, so it registers nobody`;
  throw new ServiceError("conflict", `${gateway.deviceId} has no child “${childId}”, and ${why}.`, {
    remedy: "Add the child on the gateway's page, or change the gateway's child policy.",
  });
}

async function isBehind(tx: Tx, device: LockedDevice, gateway: LockedDevice): Promise<boolean> {
  const found = await tx.device.count({ where: { id: device.id, gatewayId: gateway.id } });
  return found > 0;
}
