import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import type { EnrolmentPrincipal } from "#server/gateway/identify/principal.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { FoundCredential, FoundGroup } from "#server/services/enrolment/answer.ts";

/** Either one who may enrol, or why not. */
export type EnrolmentJudgement =
  | { readonly principal: EnrolmentPrincipal; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly principal?: undefined };

const another = (group: FoundGroup): string =>
  `Make another claim certificate on the page of the enrolment group ${quoted(group.name)} and install that one.`;

/**
 * Decides on a claim certificate, which is in the registry of these: it is not revoked, its time is
 * not over, and its group takes devices. One that is used up still opens the connection: a device
 * whose answer was lost asks again and is answered alike, any other is told why not.
 */
export function judgeClaim(
  credential: FoundCredential,
  presented: Pick<PresentedCertificate, "sha256">,
  now: Date,
): EnrolmentJudgement {
  const { group, revokedAt, expiresAt } = credential;
  const name = `A claim certificate of the enrolment group ${quoted(group.name)} (SHA-256 ${presented.sha256})`;
  if (revokedAt !== null) {
    return refuse("revoked", `${name} was revoked at ${revokedAt.toISOString()}.`, another(group));
  }
  if (now >= expiresAt) {
    return refuse("expired", `${name} expired at ${expiresAt.toISOString()}.`, another(group));
  }
  // Groups for EST have such certificates as well.
  const refusal = groupRefusal(group, ["claim", "est"]);
  if (refusal !== undefined) return { refusal };
  return { principal: { kind: "enrolment", group, by: { kind: "claim", credential } } };
}

/** Why a group takes no devices this way; undefined when it does. */
export function groupRefusal(
  group: FoundGroup,
  kinds: readonly FoundGroup["kind"][],
): Refusal | undefined {
  if (!kinds.includes(group.kind)) {
    return {
      cause: "enrolment-refused",
      detail: `The enrolment group ${quoted(group.name)} takes devices in another way.`,
      remedy: "Look up on its page how its devices enrol.",
    };
  }
  if (group.enabled) return undefined;
  return {
    cause: "enrolment-refused",
    detail: `The enrolment group ${quoted(group.name)} takes no devices: it is disabled.`,
    remedy: "Enable it on its page; devices that were enrolled before are not affected.",
  };
}

function refuse(
  cause: "revoked" | "expired",
  detail: string,
  remedy: string,
): { readonly refusal: Refusal } {
  return { refusal: { cause, detail, remedy } };
}
