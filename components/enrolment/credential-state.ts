import type { CredentialView } from "#components/enrolment/views.ts";

export type CredentialState = "usable" | "revoked" | "expired" | "used";

/** Whether a claim certificate or secret is good for another device at `now` (epoch milliseconds). */
export function credentialState(
  credential: Pick<CredentialView, "uses" | "maxUses" | "expiresAt" | "revokedAt">,
  now: number,
): CredentialState {
  if (credential.revokedAt !== null) return "revoked";
  if (Date.parse(credential.expiresAt) <= now) return "expired";
  const { uses, maxUses } = credential;
  return maxUses !== null && uses >= maxUses ? "used" : "usable";
}
