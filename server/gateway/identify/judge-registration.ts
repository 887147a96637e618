import { groupRefusal, type EnrolmentJudgement } from "#server/gateway/identify/judge-claim.ts";
import { expiryRefusal } from "#server/gateway/identify/judge-sas.ts";
import { isSignedWith, type SasToken } from "#server/gateway/identify/sas-token.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { FoundGroup } from "#server/services/enrolment/answer.ts";
import { deriveDeviceKey } from "#server/services/enrolment/group-key.ts";

/** Who registers as one of a symmetric-key group, and the SAS token that it shows. */
export type PresentedRegistration = {
  readonly idScope: string;
  readonly registrationId: string;
  readonly token: SasToken;
};

/** A symmetric-key group; a key is undefined where it cannot be unsealed here. */
export type RegistrarRecord = {
  readonly group: FoundGroup;
  readonly keys: readonly (Buffer | undefined)[];
};

/**
 * Decides on a registration in the manner of Azure's Device Provisioning Service: the token names
 * `{idScope}/registrations/{registrationId}`, the key that is derived for that device from one of the
 * group's keys signed it, it has not expired, and the group takes devices.
 */
export function judgeRegistration(
  record: RegistrarRecord | undefined,
  presented: PresentedRegistration,
  now: Date,
): EnrolmentJudgement {
  const { registrationId, token } = presented;
  if (record === undefined) return { refusal: unknownScope(presented) };
  const key = signingKey(record, presented);
  const refusal =
    resourceRefusal(presented) ??
    (key === undefined ? signatureRefusal(record, registrationId) : undefined) ??
    expiryRefusal(registrationId, token, now) ??
    groupRefusal(record.group, ["symmetric_key"]);
  if (refusal !== undefined || key === undefined) {
    return { refusal: refusal ?? signatureRefusal(record, registrationId) };
  }
  const by = { kind: "registration" as const, registrationId, key };
  return { principal: { kind: "enrolment", group: record.group, by } };
}

/** The device's key (base64) that signed the token. Every key is tried, so that the time tells nothing. */
function signingKey(
  { keys }: RegistrarRecord,
  { registrationId, token }: PresentedRegistration,
): string | undefined {
  const derived = keys.flatMap((key) =>
    key === undefined ? [] : [deriveDeviceKey(key, registrationId)],
  );
  return derived.filter((key) => isSignedWith(token, Buffer.from(key, "base64")))[0];
}

function unknownScope({ idScope, registrationId }: PresentedRegistration): Refusal {
  return {
    cause: "bad-credentials",
    detail: `${quoted(registrationId)} registers in the id scope ${quoted(idScope)}, which no symmetric-key group has.`,
    remedy: "Give the device the id scope that the page of its enrolment group shows.",
  };
}

function resourceRefusal({
  idScope,
  registrationId,
  token,
}: PresentedRegistration): Refusal | undefined {
  if (token.resource === `${idScope}/registrations/${registrationId}`) return undefined;
  return {
    cause: "sas-other-device",
    detail: `The SAS token with which ${quoted(registrationId)} registers is for ${quoted(token.resource)}.`,
    remedy: `Make it for ${idScope}/registrations/${registrationId}.`,
  };
}

function signatureRefusal({ group, keys }: RegistrarRecord, registrationId: string): Refusal {
  if (keys.includes(undefined)) {
    return {
      cause: "internal",
      detail: `A key of the enrolment group ${quoted(group.name)} cannot be opened: it was sealed under a key that this worker does not have.`,
      remedy: "Start this worker with the ENCRYPTION_KEY of the installation.",
    };
  }
  return {
    cause: "sas-signature",
    detail: `The SAS token with which ${quoted(registrationId)} registers was signed with a key of neither the primary nor the secondary key of its group.`,
    remedy:
      "Derive the device's key anew: base64(HMAC-SHA256(group key, registration id)), with the group key decoded from base64.",
  };
}
