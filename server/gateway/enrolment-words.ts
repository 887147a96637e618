import type { Refusal } from "#server/gateway/refusal.ts";
import type { EnrolmentAnswer } from "#server/services/enrolment/answer.ts";

/** Why a device that asked to be enrolled cannot go on, in the listener's own words. */
export function enrolmentRefusal(
  answer: Exclude<EnrolmentAnswer, { readonly state: "enrolled" }>,
  name: string,
): Refusal {
  if (answer.state === "pending") {
    return {
      cause: "awaits-approval",
      detail: `${name} asked to be enrolled and waits for approval.`,
      remedy:
        "Approve or refuse it on the page of enrolment requests. It may ask again meanwhile; after approval it is let in.",
    };
  }
  const { reason, detail, remedy } = answer;
  if (reason === "ca-not-active") return { cause: "ca-not-active", detail, remedy };
  const isOutage = reason === "signer-unavailable" || reason === "webhook-unreachable";
  return { cause: isOutage ? "unavailable" : "enrolment-refused", detail, remedy };
}
