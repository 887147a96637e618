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

type Caller = Pick<Context, "tenantId" | "actor" | "requestId" | "ip">;
type Event = AuditEntry & { readonly action: string };

/** Appends one link to the tenant's chain, in the transaction of the change that it records. */
export async function appendAudit(tx: Tx, ctx: Caller, event: Event): Promise<void> {
  await appendAudits(tx, ctx, [event]);
}

/** The same for many changes of one transaction, in their order. */
export async function appendAudits(tx: Tx, ctx: Caller, events: readonly Event[]): Promise<void> {
  if (events.length === 0) return;
  const head = await lockAuditHead(tx, ctx.tenantId);
  let { seq, hash }: { seq: bigint; hash: Uint8Array } = head;
  const links = events.map((event) => {
    const link = newLink(ctx, event, { seq: seq + 1n, at: head.at, prevHash: hash });
    ({ seq, hash } = link);
    return link;
  });
  await tx.auditEvent.createMany({
    data: links.map((link) => ({ ...link, hash: new Uint8Array(link.hash) })),
  });
  await tx.auditHead.update({
    where: { tenantId: ctx.tenantId },
    data: { seq, hash: new Uint8Array(hash) },
  });
}

function newLink(
  ctx: Caller,
  event: Event,
  { seq, at, prevHash }: { readonly seq: bigint; readonly at: Date; readonly prevHash: Uint8Array },
) {
  const header = {
    tenant: ctx.tenantId,
    seq: seq.toString(),
    at: at.toISOString(),
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
  const { tenant: tenantId, ...columns } = header;
  return {
    ...columns,
    tenantId,
    seq,
    at,
    payload,
    salt,
    payloadDigest: new Uint8Array(digest),
    prevHash: new Uint8Array(prevHash),
    hash: linkHash(prevHash, header, digest),
  };
}
