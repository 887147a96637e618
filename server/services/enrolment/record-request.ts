import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import type { EnrolmentEvidence } from "#server/services/enrolment/answer.ts";
import type { EnrolmentStopped, LockedGroup } from "#server/services/enrolment/internal.ts";
import type { KeptRequest } from "#server/services/enrolment/judge-request.ts";
import type { ReadAsk } from "#server/services/enrolment/read-ask.ts";

type At = {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly group: Pick<LockedGroup, "id" | "version">;
  readonly kept: KeptRequest | null;
  readonly evidence: EnrolmentEvidence;
  readonly ask: ReadAsk;
};

/** New refusals of a group that are kept in a day: whoever has a claim must not fill the database. */
const refusalsADay = 2_000;
const dayMs = 86_400_000;

function columns({ ctx, group, evidence }: At) {
  return {
    groupVersion: group.version,
    serial: evidence.serial,
    transport: evidence.transport,
    remote: evidence.remote,
    parameters: evidence.parameters,
    credentialId: evidence.credential?.id ?? null,
    lastAt: ctx.now(),
  };
}

async function insert(
  at: At,
  outcome: {
    readonly state: "pending" | "enrolled" | "refused";
    readonly reason?: string;
    readonly detail?: string;
    readonly deviceUuid?: string;
    readonly certificateId?: string | null;
  },
): Promise<string> {
  const { ctx, tx, group, evidence, ask } = at;
  const { id } = await tx.enrolmentRequest.create({
    data: {
      ...columns(at),
      ...outcome,
      tenantId: ctx.tenantId,
      groupId: group.id,
      registrationId: evidence.registrationId,
      digest: ask.digest,
      csrPem: ask.csrPem,
      spkiSha256: ask.spkiSha256,
      firstAt: ctx.now(),
    },
    select: { id: true },
  });
  return id;
}

async function update(at: At, kept: KeptRequest, change: Readonly<Record<string, unknown>>) {
  const { ctx, tx } = at;
  await tx.enrolmentRequest.update({
    where: { tenantId_id: { tenantId: ctx.tenantId, id: kept.id } },
    data: { ...columns(at), ...change, attempts: { increment: 1 } },
    select: { id: true },
  });
  return kept.id;
}

/** Keeps that the device waits for a person. @returns UUID of the request */
export async function recordPending(at: At): Promise<string> {
  const waiting = { state: "pending", reason: "", detail: "" } as const;
  return at.kept === null ? insert(at, waiting) : update(at, at.kept, waiting);
}

/** Keeps what the device got. @returns UUID of the request */
export async function recordEnrolled(
  at: At,
  got: { readonly deviceUuid: string; readonly certificateId: string | null },
): Promise<string> {
  const enrolled = { state: "enrolled", reason: "", detail: "", ...got } as const;
  return at.kept === null ? insert(at, enrolled) : update(at, at.kept, enrolled);
}

/**
 * Keeps a refusal. One that was enrolled, or that a person decides on, stays what it is; the latter
 * shows why it does not come further.
 */
export async function recordRefusal(at: At, stopped: EnrolmentStopped): Promise<void> {
  const { ctx, tx, kept } = at;
  const why = { reason: stopped.reason, detail: stopped.message };
  if (kept !== null) {
    const change = kept.state === "enrolled" ? {} : why;
    await update(at, kept, change);
    return;
  }
  const today = await tx.enrolmentRequest.count({
    where: {
      tenantId: ctx.tenantId,
      groupId: at.group.id,
      state: "refused",
      lastAt: { gt: new Date(ctx.now().getTime() - dayMs) },
    },
  });
  if (today < refusalsADay) await insert(at, { state: "refused", ...why });
}
