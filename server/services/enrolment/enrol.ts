import type { Tx } from "#server/db/client.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { DevicePlan } from "#server/domain/decide-enrolment.ts";
import { enrolmentRemedies } from "#server/domain/enrolment-remedy.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { insertDevice } from "#server/services/device/insert-device.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import type {
  EnrolledDevice,
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";
import { askWebhook, type Approval } from "#server/services/enrolment/ask-webhook.ts";
import { findGranted, grant } from "#server/services/enrolment/grant.ts";
import { inTurn } from "#server/services/enrolment/in-turn.ts";
import { EnrolmentStopped, lockGroup } from "#server/services/enrolment/internal.ts";
import {
  findKept,
  judgeRequest,
  type Asking,
  type JudgedRequest,
} from "#server/services/enrolment/judge-request.ts";
import { plainEvidence, readAsk, type ReadAsk } from "#server/services/enrolment/read-ask.ts";
import { publicNetwork, type Network } from "#server/services/webhook/public-network.ts";
import {
  recordEnrolled,
  recordPending,
  recordRefusal,
} from "#server/services/enrolment/record-request.ts";
import { ServiceError } from "#server/services/errors.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** A device that waits for a person asks again after this long. */
const retryAfterSeconds = 30;

type Request = {
  readonly ctx: Context;
  readonly found: FoundGroup;
  readonly evidence: EnrolmentEvidence;
  readonly ask: ReadAsk;
  readonly network: Network;
};

async function inTransaction<T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTurn(ctx, () => withTenant(ctx, work));
}

/** What is said by rules and webhook together; each tag once. */
function completed(plan: DevicePlan, { tags, attributes }: Approval): DevicePlan {
  return {
    ...plan,
    tags: [...new Set([...plan.tags, ...tags])].slice(0, 32),
    attributes: { ...plan.attributes, ...attributes },
  };
}

async function makeDevice(
  { ctx, tx }: Asking,
  { group }: JudgedRequest,
  plan: DevicePlan,
): Promise<EnrolledDevice> {
  const { desired, tags, ...said } = plan;
  try {
    const { device, key } = await insertDevice({
      ctx,
      tx,
      input: {
        ...said,
        tags: [...tags],
        manufacturer: "",
        model: "",
        hardwareRevision: "",
        enrolmentGroupId: group.id,
        enrolmentVersion: group.version,
        ...(desired !== null && { desired }),
      },
    });
    await appendAudit(tx, ctx, {
      action: "device.create",
      target: deviceTarget(device),
      payload: { after: device },
    });
    return { id: device.id, key, deviceId: device.deviceId, profileId: device.profileId };
  } catch (error) {
    // Ids are unique in the installation: it may be another organisation's.
    if (!(error instanceof ServiceError) || error.code !== "conflict") throw error;
    throw new EnrolmentStopped("id-taken", `The device id “${plan.deviceId}” is taken.`);
  }
}

async function count({ ctx, tx, evidence }: Asking, judged: JudgedRequest): Promise<void> {
  const { tenantId } = ctx;
  if (judged.existing === null) {
    await tx.enrolmentGroup.update({
      where: { tenantId_id: { tenantId, id: judged.group.id } },
      data: { enrolled: { increment: 1 } },
      select: { id: true },
    });
  }
  if (evidence.credential === undefined) return;
  await tx.enrolmentCredential.update({
    where: { tenantId_id: { tenantId, id: evidence.credential.id } },
    data: { usedAt: ctx.now(), ...(judged.countsUse && { uses: { increment: 1 } }) },
    select: { id: true },
  });
}

/** The same request again, for what was granted and still counts. */
async function answerAgain(
  at: Asking,
  { kept, existing, group }: JudgedRequest,
): Promise<EnrolmentAnswer | undefined> {
  if (kept?.state !== "enrolled" || existing === null || at.evidence.ask.kind !== "csr") {
    return undefined;
  }
  const device = existing.row;
  if (kept.deviceUuid !== device.id) return undefined;
  const certificate = await findGranted({ ...at, device }, kept.certificateId);
  if (certificate === undefined) return undefined;
  const { id: deviceUuid } = device;
  const got = { deviceUuid, certificateId: certificate.certificateId };
  const requestId = await recordEnrolled({ ...at, group, kept }, got);
  return { state: "enrolled", requestId, device: enrolledOf(device), certificate };
}

function enrolledOf({ id, key, deviceId, profileId }: EnrolledDevice): EnrolledDevice {
  return { id, key, deviceId, profileId };
}

async function makeEnrolled(
  at: Asking,
  judged: JudgedRequest,
  approval: Approval,
): Promise<EnrolmentAnswer> {
  const { ctx, tx, evidence } = at;
  const { group, kept, existing } = judged;
  const device =
    existing === null
      ? await makeDevice(at, judged, completed(judged.plan, approval))
      : enrolledOf(existing.row);
  const { certificateId, issued } = await grant({ ...at, device }, evidence.ask);
  await count(at, judged);
  const got = { deviceUuid: device.id, certificateId };
  const requestId = await recordEnrolled({ ...at, group, kept }, got);
  await appendAudit(tx, ctx, {
    action: "enrolment.enrol",
    target: deviceTarget(device),
    payload: {
      group: group.publicId,
      groupVersion: group.version,
      requestId,
      registrationId: evidence.registrationId,
      serial: evidence.serial,
      asked: evidence.ask.kind,
      again: existing !== null,
      quarantine: judged.plan.quarantine,
      credentialId: evidence.credential?.id ?? null,
      certificateId,
      transport: evidence.transport,
    },
  });
  await notifyControl(tx, deviceChanged(ctx, device));
  return { state: "enrolled", requestId, device, certificate: issued };
}

/** Whether the group's webhook is to be asked: of what would be enrolled, or wait, for the first time. */
function isNew({ existing, outcome, kept }: JudgedRequest): boolean {
  return existing === null && !(outcome === "pending" && kept?.state === "pending");
}

/** Judged before anybody else is asked, so that nobody is asked about what is refused anyway. */
async function approvalOf(request: Request): Promise<Approval> {
  const { ctx, found, evidence, ask } = request;
  if (found.rules.webhook === null) return { tags: [], attributes: {} };
  const judged = await inTransaction(ctx, (tx) => judgeRequest({ ...request, tx }));
  if (!isNew(judged)) return { tags: [], attributes: {} };
  const { group, plan } = judged;
  return askWebhook(ctx, group, { evidence, plan, digest: ask.digest }, request.network);
}

async function carryOut(request: Request): Promise<EnrolmentAnswer> {
  const approval = await approvalOf(request);
  return inTransaction(request.ctx, async (tx) => {
    const at = { ...request, tx };
    const judged = await judgeRequest(at);
    const { group, kept } = judged;
    // The rules may have got a webhook between: then the device asks again.
    if (group.rules.webhook?.url !== request.found.rules.webhook?.url && isNew(judged)) {
      throw new EnrolmentStopped("webhook-unreachable", "The group's rules changed meanwhile.");
    }
    if (judged.outcome === "pending") {
      const requestId = await recordPending({ ...at, group, kept });
      return { state: "pending", requestId, retryAfterSeconds };
    }
    return (await answerAgain(at, judged)) ?? makeEnrolled(at, judged, approval);
  });
}

async function refuse(request: Request, stopped: EnrolmentStopped): Promise<EnrolmentAnswer> {
  const { ctx, found } = request;
  await inTransaction(ctx, async (tx) => {
    const group = await lockGroup(tx, ctx, found.id);
    if (group === undefined) return;
    const kept = await findKept({ ...request, tx }, group.id);
    await recordRefusal({ ...request, tx, group, kept }, stopped);
  });
  const { reason, message: detail } = stopped;
  return { state: "refused", reason, detail, remedy: enrolmentRemedies[reason] };
}

/**
 * Enrols a device that asks by itself: the one place where it is judged and made. One transaction
 * holds the group's lock, so limits and uses hold however many ask at once; the same request again
 * is answered alike and makes nothing twice.
 * @param ctx of the group's tenant (`systemContext`)
 * @param found the group, as the ingest role has found it for what the device shows
 * @param network where the group's webhook may be
 * @returns also every refusal, which is kept as a request for people to see
 * @throws ServiceError unavailable when the database is away
 */
export async function enrol(
  ctx: Context,
  found: FoundGroup,
  evidence: EnrolmentEvidence,
  network: Network = publicNetwork,
): Promise<EnrolmentAnswer> {
  return translateDatabaseError(async () => {
    const plain = plainEvidence(evidence);
    const request = { ctx, found, evidence: plain, ask: await readAsk(plain), network };
    try {
      return await carryOut(request);
    } catch (error) {
      if (!(error instanceof EnrolmentStopped)) throw error;
      return refuse(request, error);
    }
  });
}
