import type { Tx } from "#server/db/client.ts";
import { countKeptLetters } from "#server/db/count-kept-letters.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { actorName, type Context } from "#server/services/context.ts";
import type { KeptSelection } from "#server/services/dead-letter/schemas.ts";

/** Time in which all workers have learnt that the devices are approved. */
const settleMs = 2_000;

/**
 * Has what was sent in quarantine put into the series, in the order in which it happened, within the
 * transaction that approves the devices. The runs begin a moment later and take what came until then
 * as well: a worker that has not heard of the approval yet still keeps messages apart.
 * @param at.of UUID of the batch or of the device
 * @returns how many messages are kept
 */
export async function releaseKept(
  tx: Tx,
  ctx: Context,
  at: { readonly of: string; readonly reason: string },
): Promise<number> {
  const { tenantId } = ctx;
  const kept = await countKeptLetters(tx, { tenantId, of: at.of });
  const begin = new Date(ctx.now().getTime() + settleMs);
  for (const { fingerprint, letters } of kept) {
    const selection: KeptSelection = { fingerprint, devicesOf: at.of };
    await tx.deadLetterRun.create({
      data: {
        tenantId,
        kind: "replay",
        fingerprint,
        selection,
        reason: at.reason,
        total: letters,
        createdAt: begin,
        createdBy: actorName(ctx.actor),
        // No worker takes it before.
        leaseUntil: begin,
      },
      select: { id: true },
    });
  }
  if (kept.length > 0) await notifyControl(tx, { kind: "run", tenantId });
  return kept.reduce((sum, { letters }) => sum + letters, 0);
}
