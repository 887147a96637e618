import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { endDevices } from "#server/services/device/end-devices.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { requestErasure } from "#server/services/device/request-erasure.ts";
import { ServiceError } from "#server/services/errors.ts";

/** What became of the devices behind a gateway that ended. */
export type ChildrenEnded = { readonly detached: number; readonly decommissioned: number };

/** Each has an event of its own in the audit chain, and one transaction holds no more. */
const mostAtOnce = 1_000;

/**
 * Detaches the children of a gateway, or ends them with it.
 * @throws ServiceError conflict when there are too many to end at once
 */
export async function endChildren(
  tx: Tx,
  ctx: Context,
  of: {
    readonly gateway: LockedDevice;
    readonly children: "detach" | "decommission";
    readonly reason: string;
    readonly data: "keep" | "erase";
  },
): Promise<ChildrenEnded> {
  const { tenantId } = ctx;
  const { gateway, reason } = of;
  const children = await tx.device.findMany({
    where: { tenantId, gatewayId: gateway.id },
    select: { id: true, key: true, deviceId: true, state: true },
    orderBy: { deviceId: "asc" },
  });
  if (of.children === "detach") {
    await tx.device.updateMany({
      where: { tenantId, gatewayId: gateway.id },
      data: { gatewayId: null },
    });
  }
  for (const child of children) await notifyControl(tx, deviceChanged(ctx, child));
  if (of.children === "detach") return { detached: children.length, decommissioned: 0 };

  const living = children.filter(({ state }) => state !== "decommissioned");
  if (living.length > mostAtOnce) {
    throw new ServiceError("conflict", `${gateway.deviceId} has ${living.length} children.`, {
      remedy: `At most ${mostAtOnce} can be decommissioned with it. Detach them, and end them one by one.`,
    });
  }
  for (const child of living) {
    const ended = await endDevices(tx, ctx, [child.id]);
    await appendAudit(tx, ctx, {
      action: "device.decommission",
      target: deviceTarget(child),
      payload: {
        before: { state: child.state },
        after: { ...ended, data: of.data },
        with: gateway.deviceId,
      },
      ...(reason === "" ? {} : { reason }),
    });
  }
  if (of.data === "erase") await requestErasure(tx, ctx, living);
  return { detached: 0, decommissioned: living.length };
}
