import type { Tx } from "#server/db/client.ts";
import type { DeviceBatch } from "#server/db/generated/client.ts";
import { lockBatch } from "#server/db/lock-batch.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** For a batch that does not exist, or belongs to somebody else. */
export function noBatch(): ServiceError {
  return new ServiceError("not_found", "There is no such batch.", {
    remedy: "Go back to the list of batches.",
  });
}

/** How the audit trail names a batch. */
export function batchTarget(batchId: string): string {
  return `batch:${batchId}`;
}

/**
 * The batch that a change is about, locked until the transaction ends.
 * @throws ServiceError not_found
 */
export async function findBatch(
  tx: Tx,
  at: { readonly tenantId: string; readonly batchId: string },
): Promise<DeviceBatch> {
  const { tenantId, batchId } = at;
  if (!(await lockBatch(tx, at))) throw noBatch();
  return tx.deviceBatch.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: batchId } } });
}

/** What each state means for whoever wants to change the batch. */
const stateWords: Readonly<Record<DeviceBatch["state"], string>> = {
  receiving: "still waits for its file",
  checking: "is being checked",
  refused: "has rows that cannot be used",
  ready: "is checked and not started",
  creating: "is being created",
  sampling: "waits for its sample and a decision",
  approved: "is approved",
  rejected: "is rejected",
  cancelled: "is cancelled",
  failed: "has failed",
};

/** @throws ServiceError conflict when the batch is in none of the states */
export function requireState(
  batch: DeviceBatch,
  states: readonly DeviceBatch["state"][],
  remedy: string,
): void {
  if (states.includes(batch.state)) return;
  const by = batch.decidedBy === null ? "" : ` (by ${batch.decidedBy})`;
  const words = `The batch “${batch.name}” ${stateWords[batch.state]}${by}.`;
  throw new ServiceError("conflict", words, { remedy });
}

/**
 * The person behind a caller: a token counts as whoever made it, so that nobody is two people.
 * @returns as the audit trail writes people
 */
export async function personOf(tx: Tx, ctx: Context): Promise<string> {
  let name = actorName(ctx.actor);
  if (ctx.actor.type !== "token") return name;
  let id: string | undefined = ctx.actor.id;
  // A token may have been made with a token; what was made first was made by somebody.
  for (let depth = 0; depth < 16 && id !== undefined; depth += 1) {
    const token: { name: string; createdBy: string; createdAt: Date } | null =
      await tx.apiToken.findFirst({
        where: { tenantId: ctx.tenantId, id },
        select: { name: true, createdBy: true, createdAt: true },
      });
    if (token === null) return name;
    name = token.createdBy;
    if (!name.startsWith("token:")) return name;
    const maker: { id: string } | null = await tx.apiToken.findFirst({
      where: {
        tenantId: ctx.tenantId,
        name: name.slice("token:".length),
        createdAt: { lt: token.createdAt },
      },
      orderBy: { createdAt: "desc" },
      select: { id: true },
    });
    id = maker?.id;
  }
  return name;
}
