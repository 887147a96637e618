import { z } from "zod";
import { KeyMissing, SealBroken } from "#server/crypto/envelope.ts";
import type { DevicePlan } from "#server/domain/decide-enrolment.ts";
import { deviceAttributes, type DeviceAttributes } from "#server/domain/device-attributes.ts";
import { oneLine } from "#server/domain/one-line.ts";
import type { Context } from "#server/services/context.ts";
import { deviceTags } from "#server/services/device/schemas.ts";
import type { EnrolmentEvidence } from "#server/services/enrolment/answer.ts";
import { groupKeyPlace } from "#server/services/enrolment/group-key.ts";
import { EnrolmentStopped, type LockedGroup } from "#server/services/enrolment/internal.ts";
import { PostFailed, postJson, type PostAnswer } from "#server/services/webhook/post-json.ts";
import type { Network } from "#server/services/webhook/public-network.ts";
import { signedHeaders } from "#server/services/webhook/sign.ts";

/** What a webhook adds to an approved device. */
export type Approval = {
  readonly tags: readonly string[];
  readonly attributes: DeviceAttributes;
};

type Asked = {
  readonly evidence: EnrolmentEvidence;
  readonly plan: DevicePlan;
  /** Of the request: its repetitions have the same id. */
  readonly digest: string;
};

const answerSchema = z.object({
  approve: z.boolean(),
  reason: z.string().optional(),
  tags: deviceTags.default([]),
  attributes: deviceAttributes.default({}),
});

function secretOf({ keyring, tenantId }: Context, group: LockedGroup): Buffer {
  const { id, sealedWebhook } = group;
  if (sealedWebhook === null) {
    throw new EnrolmentStopped("webhook-unreachable", "The webhook has no secret yet; make one.");
  }
  try {
    return keyring.open(groupKeyPlace({ tenantId, id }, "webhook"), sealedWebhook);
  } catch (error) {
    if (!(error instanceof SealBroken || error instanceof KeyMissing)) throw error;
    throw new EnrolmentStopped("webhook-unreachable", "The webhook's secret cannot be read here.");
  }
}

function messageOf(ctx: Context, group: LockedGroup, { evidence, plan }: Asked): string {
  const { registrationId, serial, subject, parameters, transport } = evidence;
  return JSON.stringify({
    type: "enrolment.asked",
    timestamp: ctx.now().toISOString(),
    data: {
      group: { id: group.publicId, name: group.name, version: group.version },
      registrationId,
      serial,
      subject,
      parameters,
      transport,
      credentialId: evidence.credential?.id ?? null,
      device: { deviceId: plan.deviceId, name: plan.name, profileId: plan.profileId },
    },
  });
}

function refused(detail: string): EnrolmentStopped {
  return new EnrolmentStopped("webhook-refused", detail);
}

function parsed(body: string): z.output<typeof answerSchema> {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    throw refused("The webhook's answer is no JSON.");
  }
  const answer = answerSchema.safeParse(raw);
  if (answer.success) return answer.data;
  const issue = answer.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  throw refused(`The webhook's answer does not fit (${where}: ${issue?.message ?? "unknown"}).`);
}

function approvalOf({ status, body }: PostAnswer): Approval {
  if (status >= 500 || status === 429) {
    throw new EnrolmentStopped(
      "webhook-unreachable",
      `The webhook answered with status ${status}.`,
    );
  }
  if (status !== 200) throw refused(`The webhook answered with status ${status} instead of 200.`);
  const { approve, reason = "", tags, attributes } = parsed(body);
  if (approve) return { tags, attributes };
  const why = oneLine(reason, 200);
  throw refused(
    why === "" ? "The webhook did not approve." : `The webhook did not approve: ${why}`,
  );
}

/**
 * Asks the group's webhook to approve a device, outside of any transaction.
 * @throws EnrolmentStopped when it does not approve or does not answer
 */
export async function askWebhook(
  ctx: Context,
  group: LockedGroup,
  asked: Asked,
  network: Network,
): Promise<Approval> {
  const { webhook } = group.rules;
  if (webhook === null) return { tags: [], attributes: {} };
  const body = messageOf(ctx, group, asked);
  const message = { id: `msg_${asked.digest.slice(0, 32)}`, body };
  const headers = signedHeaders(secretOf(ctx, group), message, ctx.now());
  try {
    return approvalOf(await postJson(new URL(webhook.url), { body, headers }, network));
  } catch (error) {
    if (!(error instanceof PostFailed)) throw error;
    throw new EnrolmentStopped("webhook-unreachable", error.message);
  }
}
