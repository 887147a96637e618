import type { Concerned } from "#server/gateway/identify/identify.ts";
import type { Refusal, RefusalCause } from "#server/gateway/refusal.ts";
import type { ServiceError, ServiceErrorCode } from "#server/services/errors.ts";

/** A request that is not granted: the status, the words for device and record, and whom it concerns. */
export class EstRefused extends Error {
  readonly status: number;
  readonly refusal: Refusal;
  readonly concerned: Concerned | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    refusal: Refusal,
    more: {
      readonly concerned?: Concerned | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(refusal.detail);
    this.status = status;
    this.refusal = refusal;
    this.concerned = more.concerned;
    this.headers = more.headers ?? {};
  }
}

/** Header of RFC 7617 with which 401 asks for a secret. */
export const challenge = {
  "www-authenticate": 'Basic realm="Quayside enrolment", charset="UTF-8"',
} as const;

const byCode: Readonly<Record<ServiceErrorCode, readonly [status: number, cause: RefusalCause]>> = {
  unauthenticated: [401, "bad-credentials"],
  forbidden: [403, "enrolment-refused"],
  not_found: [403, "enrolment-refused"],
  conflict: [403, "enrolment-refused"],
  invalid: [400, "enrolment-refused"],
  rate_limited: [503, "rate"],
  unavailable: [503, "unavailable"],
};

/** What a service refused. */
export function refusedByService(
  error: ServiceError,
  concerned: Concerned | undefined,
): EstRefused {
  const [status, cause] = byCode[error.code];
  const remedy = error.remedy ?? "";
  return new EstRefused(
    status,
    { cause, detail: error.message, remedy },
    { concerned, headers: status === 503 ? { "retry-after": "10" } : {} },
  );
}

/** The same of a device that has a certificate already. */
export function refusedRenewal(error: ServiceError, concerned: Concerned): EstRefused {
  const { status, refusal, headers } = refusedByService(error, concerned);
  const cause = refusal.cause === "enrolment-refused" ? "renewal-refused" : refusal.cause;
  return new EstRefused(status, { ...refusal, cause }, { concerned, headers });
}
