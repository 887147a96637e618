import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { mostChildren } from "#server/domain/child-policy.ts";
import { findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * A device that may have children, locked: it is in service, and behind no gateway itself.
 * @throws ServiceError not_found, conflict
 */
export async function requireGateway(tx: Tx, reference: string): Promise<LockedDevice> {
  const gateway = await findLivingDevice(tx, reference);
  const { gatewayId } = await tx.device.findFirstOrThrow({
    where: { id: gateway.id },
    select: { gatewayId: true },
  });
  if (gatewayId === null) return gateway;
  throw new ServiceError("conflict", `${gateway.deviceId} is behind a gateway itself.`, {
    remedy:
      "Take it off its gateway first: a gateway has devices behind it, and no other gateways.",
  });
}

/**
 * Refuses more children than a gateway can have.
 * @param most of its policy, where that is what counts
 * @throws ServiceError conflict, with the field maxChildren
 */
export async function requireRoom(
  tx: Tx,
  gateway: Pick<LockedDevice, "id" | "deviceId">,
  { more, most = mostChildren }: { readonly more: number; readonly most?: number },
): Promise<void> {
  const there = await tx.device.count({
    where: { gatewayId: gateway.id, state: { not: "decommissioned" } },
  });
  if (there + more <= most) return;
  const message = `${gateway.deviceId} has ${there} children, and may have ${most}.`;
  throw new ServiceError("conflict", message, {
    remedy: "Detach children that are gone, or raise the limit of its child policy.",
    fields: [{ path: "maxChildren", message }],
  });
}
