import type { Tx } from "#server/db/client.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { recordRevocations, type RecordedRevocation } from "#server/db/record-revocations.ts";
import { actorName, type Context } from "#server/services/context.ts";

/** Certificates in one statement; more are recorded in several. */
const atOnce = 5_000;

/**
 * The one way by which certificates are revoked or held: their state, the outbox that workers, lists
 * (RFC 5280 §5) and proofs follow, and the caller's audit event are one transaction. Workers are told
 * at its commit.
 * @param of.certificates what is revoked already stays as it is; only usable ones are held
 * @returns what changed; its ids belong in the payload of the audit event, so that the proof finds it
 */
export async function recordRevocation(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "actor" | "now">,
  of: {
    readonly certificates: readonly { readonly id: string }[];
    readonly kind: "revoked" | "suspended";
    readonly reason: string;
  },
): Promise<readonly RecordedRevocation[]> {
  const { kind, reason } = of;
  const by = actorName(ctx.actor);
  const at = ctx.now();
  const recorded: RecordedRevocation[] = [];
  for (let from = 0; from < of.certificates.length; from += atOnce) {
    const certificateIds = of.certificates.slice(from, from + atOnce).map(({ id }) => id);
    recorded.push(...(await recordRevocations(tx, { certificateIds, kind, reason, by, at })));
  }
  if (recorded.length > 0) {
    await notifyControl(tx, { kind: "revocation", tenantId: ctx.tenantId });
  }
  return recorded;
}

/** As the audit events of revocations name them. */
export function revocationIds(recorded: readonly RecordedRevocation[]): readonly string[] {
  return recorded.map(({ id }) => id);
}
