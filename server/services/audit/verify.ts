import { auditBeyondHead } from "#server/db/audit-beyond-head.ts";
import { withTenant } from "#server/db/tenant.ts";
import {
  chainStart,
  checkEvents,
  checkHead,
  type ChainBreak,
  type ChainPosition,
} from "#server/services/audit/check-chain.ts";
import type { Context } from "#server/services/context.ts";
import { requireCapability } from "#server/services/mutation.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** Outcome of following a tenant's whole chain. */
export type AuditVerification = {
  readonly verifiedAt: Date;
  /** How many events fitted, decimal. */
  readonly events: string;
  /** Lower-case hex hash of the newest link. */
  readonly head: string;
  /** The first place that does not hold; null when the whole chain does. */
  readonly broken: ChainBreak | null;
};

const pageSize = 1000;

/**
 * Follows the tenant's chain from its first event to its head and says where it first breaks. Any
 * changed, missing, inserted or reordered event breaks it, and so does a tail that was cut off or
 * added. One short transaction a page: a long trail holds nothing up.
 * @throws ServiceError forbidden, unavailable
 */
export async function verifyAudit(ctx: Context): Promise<AuditVerification> {
  await requireCapability(ctx, { name: "audit.verify", can: "audit.view" });
  return translateDatabaseError(async () => {
    // The head first: what is appended while we read lies behind it and is left for the next time.
    const head = await readHead(ctx);
    const { position, broken } = await followChain(ctx, head);
    const verdict = broken ?? checkHead(position, head) ?? (await checkBeyond(ctx, head));
    return {
      verifiedAt: ctx.now(),
      events: position.seq.toString(),
      head: Buffer.from(head.hash).toString("hex"),
      broken: verdict ?? null,
    };
  });
}

async function readHead(ctx: Context): Promise<ChainPosition> {
  const { tenantId } = ctx;
  const head = await withTenant(ctx, (tx) =>
    tx.auditHead.findUnique({ where: { tenantId }, select: { seq: true, hash: true } }),
  );
  return head ?? chainStart;
}

async function followChain(
  ctx: Context,
  head: ChainPosition,
): Promise<{ readonly position: ChainPosition; readonly broken: ChainBreak | undefined }> {
  const { tenantId } = ctx;
  let position = chainStart;
  for (;;) {
    const after = position.seq;
    const events = await withTenant(ctx, (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId, seq: { gt: after, lte: head.seq } },
        orderBy: { seq: "asc" },
        take: pageSize,
      }),
    );
    const checked = checkEvents(position, events);
    position = checked.position;
    if (checked.broken !== undefined || events.length < pageSize) return checked;
  }
}

async function checkBeyond(ctx: Context, head: ChainPosition): Promise<ChainBreak | undefined> {
  const seq = await withTenant(ctx, (tx) => auditBeyondHead(tx, ctx.tenantId));
  return seq === undefined ? undefined : checkHead({ seq, hash: head.hash }, head);
}
