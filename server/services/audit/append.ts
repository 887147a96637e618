import { randomBytes } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import { lockAuditHead } from "#server/db/lock-audit-head.ts";
import { linkHash, payloadDigest } from "#server/services/audit/chain.ts";
import { actorName, type Context } from "#server/services/context.ts";

/** What happened, said by the change itself. `payload` holds before and after; never a secret. */
export type AuditEntry = {
  /** Kind and id of the thing: `device:pump-17`. */
  readonly target: string;
  readonly outcome?: "done" | "denied";
  readonly reason?: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

/** Appends one link to the tenant's chain, in the transaction of the change that it records. */
export async function appendAudit(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "actor" | "requestId" | "ip">,
  event: AuditEntry & { readonly action: string },
): Promise<void> {
  const head = await lockAuditHead(tx, ctx.tenantId);
  const seq = head.seq + 1n;
  const header = {
    tenant: ctx.tenantId,
    seq: seq.toString(),
    at: head.at.toISOString(),
    actor: actorName(ctx.actor),
    actorType: ctx.actor.type,
    actionCode: event.action,
    target: event.target,
    outcome: event.outcome ?? "done",
    reason: event.reason ?? null,
    requestId: ctx.requestId,
    ip: ctx.ip ?? null,
  };
  const salt = randomBytes(16);
  // Through JSON, so that the digest covers what the column will hold.
  const payload = JSON.parse(JSON.stringify(event.payload)) as object;
  const digest = payloadDigest(salt, payload);
  const hash = linkHash(head.hash, header, digest);
  const { tenant: tenantId, at: _, ...columns } = header;
  await tx.auditEvent.create({
    data: {
      ...columns,
      tenantId,
      seq,
      at: head.at,
      payload,
      salt,
      payloadDigest: new Uint8Array(digest),
      prevHash: new Uint8Array(head.hash),
      hash: new Uint8Array(hash),
    },
  });
  await tx.auditHead.update({ where: { tenantId }, data: { seq, hash: new Uint8Array(hash) } });
}
