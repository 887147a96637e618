import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";

/** HTTP status codes by which AWS's and Azure's devices are told; 503 lets them try again. */
export const refusalStatuses: Readonly<Record<EnrolmentRefusal, 400 | 401 | 403 | 409 | 503>> = {
  "group-disabled": 403,
  "credential-expired": 401,
  "credential-revoked": 401,
  "credential-used-up": 403,
  "credential-unknown": 401,
  "not-expected": 403,
  denied: 403,
  "not-allowed": 403,
  "subject-mismatch": 403,
  "limit-reached": 403,
  "bad-registration-id": 400,
  "id-taken": 409,
  "csr-refused": 400,
  "key-in-use": 409,
  "ca-not-active": 403,
  "webhook-refused": 403,
  "webhook-unreachable": 503,
  "rejected-by-person": 403,
  "signer-unavailable": 503,
};
