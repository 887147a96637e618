import type { Tx } from "#server/db/client.ts";
import { spkiInUse } from "#server/db/spki-in-use.ts";
import {
  decideEnrolment,
  planDevice,
  type DevicePlan,
  type EnrolmentCredentialState,
} from "#server/domain/decide-enrolment.ts";
import { namesProblem } from "#server/pki/request-names.ts";
import type { Context } from "#server/services/context.ts";
import type { EnrolmentEvidence, FoundGroup } from "#server/services/enrolment/answer.ts";
import {
  authorityProblem,
  findExisting,
  type FoundDevice,
} from "#server/services/enrolment/find-existing.ts";
import {
  EnrolmentStopped,
  lockGroup,
  type LockedGroup,
} from "#server/services/enrolment/internal.ts";
import type { ReadAsk } from "#server/services/enrolment/read-ask.ts";

/** A device that asks, within one transaction. */
export type Asking = {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly found: FoundGroup;
  readonly evidence: EnrolmentEvidence;
  readonly ask: ReadAsk;
};

const requestColumns = {
  id: true,
  state: true,
  reason: true,
  detail: true,
  deviceUuid: true,
  certificateId: true,
} as const;

/** What was answered to the same request before. */
export type KeptRequest = {
  readonly id: string;
  readonly state: "pending" | "approved" | "enrolled" | "refused";
  readonly reason: string;
  readonly detail: string;
  readonly deviceUuid: string | null;
  readonly certificateId: string | null;
};

/** A request that is not refused. */
export type JudgedRequest = {
  readonly outcome: "enrolled" | "pending";
  readonly group: LockedGroup;
  readonly kept: KeptRequest | null;
  readonly plan: DevicePlan;
  readonly existing: FoundDevice | null;
  readonly countsUse: boolean;
};

/** The same request as it was kept, if it came before. */
export async function findKept(
  { ctx, tx, ask }: Pick<Asking, "ctx" | "tx" | "ask">,
  groupId: string,
): Promise<KeptRequest | null> {
  return tx.enrolmentRequest.findUnique({
    where: {
      tenantId_groupId_digest: { tenantId: ctx.tenantId, groupId, digest: ask.digest },
    },
    select: requestColumns,
  });
}

/** The credential as it stands now, whatever it was when the device connected. */
async function credentialNow(
  { ctx, tx, evidence }: Asking,
  group: LockedGroup,
): Promise<EnrolmentCredentialState | null> {
  const { credential } = evidence;
  if (credential === undefined) {
    if (group.kind !== "claim") return null;
    throw new EnrolmentStopped(
      "credential-unknown",
      `The device shows no claim certificate or secret of the group ${group.name}.`,
    );
  }
  const row = await tx.enrolmentCredential.findFirst({
    where: { tenantId: ctx.tenantId, id: credential.id, groupId: group.id },
    select: { maxUses: true, uses: true, expiresAt: true, revokedAt: true, expectedSerials: true },
  });
  if (row !== null) return row;
  throw new EnrolmentStopped(
    "credential-unknown",
    `The claim certificate or secret is not one of the group ${group.name}.`,
  );
}

/** A serial that was expected is claimed by one device, whatever it calls itself. */
async function requireFreeSerial(
  { ctx, tx }: Asking,
  at: {
    readonly groupId: string;
    readonly plan: DevicePlan;
    readonly credential: EnrolmentCredentialState | null;
  },
): Promise<void> {
  const { serial, deviceId } = at.plan;
  if (at.credential?.expectedSerials.includes(serial) !== true) return;
  const other = await tx.device.findFirst({
    where: {
      tenantId: ctx.tenantId,
      serial,
      enrolmentGroupId: at.groupId,
      deviceId: { not: deviceId },
    },
    select: { deviceId: true },
  });
  if (other === null) return;
  throw new EnrolmentStopped(
    "not-expected",
    `The serial “${serial}” was claimed already, by the device ${other.deviceId}.`,
  );
}

/** So that nobody is asked to approve what cannot be granted afterwards. */
async function requireKeyForWaiting(
  { ctx, tx, ask, evidence }: Asking,
  at: { readonly groupId: string; readonly existing: FoundDevice | null },
): Promise<void> {
  const { spkiSha256 } = ask;
  if (spkiSha256 === null) return;
  const deviceUuid = at.existing?.row.id;
  const waiting = await tx.enrolmentRequest.findFirst({
    where: {
      tenantId: ctx.tenantId,
      groupId: at.groupId,
      spkiSha256,
      registrationId: { not: evidence.registrationId },
      state: { in: ["pending", "approved"] },
    },
    select: { registrationId: true },
  });
  if (waiting !== null) {
    throw new EnrolmentStopped(
      "key-in-use",
      `The same public key waits for approval as ${waiting.registrationId}.`,
    );
  }
  if (!(await spkiInUse(tx, { spkiSha256, deviceUuid }))) return;
  throw new EnrolmentStopped("key-in-use", "This public key already belongs to another device.");
}

async function lockOrStop({ ctx, tx, found }: Asking): Promise<LockedGroup> {
  const group = await lockGroup(tx, ctx, found.id);
  if (group !== undefined) return group;
  throw new EnrolmentStopped("group-disabled", `The group ${found.name} is gone.`);
}

/** Without a credential it is a customer's CA that lets a device come, in groups that have CAs. */
function isVouched({ evidence }: Asking, { kind }: LockedGroup): boolean {
  if (evidence.ask.kind === "certificate") return true;
  const hasAuthorities = kind === "customer_ca" || kind === "est";
  return hasAuthorities && evidence.credential === undefined;
}

async function existingFor(at: Asking, group: LockedGroup): Promise<FoundDevice | null> {
  const { evidence, ask } = at;
  const planned = planDevice(group.rules, evidence);
  if ("outcome" in planned) return null;
  return findExisting(at, {
    groupId: group.id,
    deviceId: planned.deviceId,
    evidence,
    ask,
    vouched: isVouched(at, group),
  });
}

/** What the rules do not speak of: the request itself, and the CA that vouches for the device. */
async function requireSoundAsk(
  at: Asking,
  group: LockedGroup,
  { plan, existing }: Pick<JudgedRequest, "plan" | "existing">,
): Promise<void> {
  const { ask, evidence } = at;
  const refused = ask.problem ?? namesProblem(ask.csrPem, existing?.row ?? plan);
  if (refused !== null) throw new EnrolmentStopped("csr-refused", refused);
  if (!isVouched(at, group)) return;
  const pem = evidence.ask.kind === "certificate" ? evidence.ask.pem : undefined;
  const problem = await authorityProblem(at, group, pem);
  if (problem !== undefined) throw new EnrolmentStopped("ca-not-active", problem);
}

/**
 * Judges a request under the lock of its group.
 * @throws EnrolmentStopped when it is refused
 */
export async function judgeRequest(at: Asking): Promise<JudgedRequest> {
  const group = await lockOrStop(at);
  const kept = await findKept(at, group.id);
  if (kept?.state === "refused" && kept.reason === "rejected-by-person") {
    throw new EnrolmentStopped("rejected-by-person", kept.detail);
  }
  const credential = await credentialNow(at, group);
  const existing = await existingFor(at, group);
  const decision = decideEnrolment({
    now: at.ctx.now(),
    group,
    device: at.evidence,
    credential,
    existing: existing?.facts ?? null,
    approved: kept?.state === "approved",
  });
  if (decision.outcome === "refused") throw new EnrolmentStopped(decision.reason, decision.detail);
  const { outcome, plan, countsUse } = decision;
  await requireSoundAsk(at, group, { plan, existing });
  await requireFreeSerial(at, { groupId: group.id, plan, credential });
  if (outcome === "pending" && kept?.state !== "pending") {
    await requireKeyForWaiting(at, { groupId: group.id, existing });
  }
  return { outcome, group, kept, plan, existing, countsUse };
}
