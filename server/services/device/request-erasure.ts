import type { Tx } from "#server/db/client.ts";
import { actorName, type Context } from "#server/services/context.ts";

/**
 * Has what devices sent deleted; a worker does it after this transaction. Their attributes go at
 * once: people write into them whom a device belongs to.
 */
export async function requestErasure(
  tx: Tx,
  ctx: Context,
  devices: readonly { readonly id: string; readonly key: bigint }[],
): Promise<void> {
  const { tenantId } = ctx;
  await tx.device.updateMany({
    where: { tenantId, id: { in: devices.map(({ id }) => id) } },
    data: { attributes: {} },
  });
  await tx.deviceErasure.createMany({
    data: devices.map(({ key }) => ({
      tenantId,
      deviceKey: key,
      requestedAt: ctx.now(),
      requestedBy: actorName(ctx.actor),
    })),
  });
}
