/** Why a device was not enrolled. Closed: each has words and a remedy. */
export const enrolmentRefusals = [
  "group-disabled",
  "credential-expired",
  "credential-revoked",
  "credential-used-up",
  "credential-unknown",
  "not-expected",
  "denied",
  "not-allowed",
  "subject-mismatch",
  "limit-reached",
  "bad-registration-id",
  "id-taken",
  "csr-refused",
  "key-in-use",
  "ca-not-active",
  "webhook-refused",
  "webhook-unreachable",
  "rejected-by-person",
  "signer-unavailable",
] as const;
export type EnrolmentRefusal = (typeof enrolmentRefusals)[number];
