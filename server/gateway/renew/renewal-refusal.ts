import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Refusal, RefusalCause } from "#server/gateway/refusal.ts";
import type { ServiceError, ServiceErrorCode } from "#server/services/errors.ts";

/** Why no certificate was issued, as `dn/certificate/refused` has it. Closed. */
export const renewalRefusalCodes = [
  "bad-request",
  "csr-refused",
  "certificate-required",
  "not-allowed",
  "rate",
  "unavailable",
] as const;
export type RenewalRefusalCode = (typeof renewalRefusalCodes)[number];

export type RenewalRefused = {
  readonly code: RenewalRefusalCode;
  readonly message: string;
  readonly remedy: string;
  /** When to ask again, where that may help. */
  readonly retryAfterSeconds?: number;
};

const codes: Readonly<Record<ServiceErrorCode, RenewalRefusalCode>> = {
  invalid: "csr-refused",
  conflict: "not-allowed",
  forbidden: "not-allowed",
  not_found: "not-allowed",
  unauthenticated: "not-allowed",
  rate_limited: "rate",
  unavailable: "unavailable",
};

const retryAfterSeconds = 60;

export const unavailableRenewal: RenewalRefused = {
  code: "unavailable",
  message: "No certificate can be issued at the moment.",
  remedy: "Send the same request again later; nothing was decided.",
  retryAfterSeconds,
};

/** What a service refused. */
export function refusedRenewal({ code, message, remedy = "" }: ServiceError): RenewalRefused {
  const refused = { code: codes[code], message, remedy };
  const mayPass = refused.code === "unavailable" || refused.code === "rate";
  return mayPass ? { ...refused, retryAfterSeconds } : refused;
}

/** MQTT 5 §3.4.2.1. */
const acknowledgements: Readonly<Record<RenewalRefusalCode, number>> = {
  "bad-request": reasonCode.payloadFormatInvalid,
  "csr-refused": reasonCode.payloadFormatInvalid,
  "certificate-required": reasonCode.notAuthorized,
  "not-allowed": reasonCode.notAuthorized,
  rate: reasonCode.quotaExceeded,
  unavailable: reasonCode.implementationSpecific,
};

export function acknowledgementOf({ code }: RenewalRefused): number {
  return acknowledgements[code];
}

const causes: Partial<Record<RenewalRefusalCode, RefusalCause>> = {
  rate: "rate",
  unavailable: "unavailable",
};

/** It stands under the refused connections as well, where people look who miss a device. */
export function recordOf({ code, message, remedy }: RenewalRefused): Refusal {
  return { cause: causes[code] ?? "renewal-refused", detail: message, remedy };
}
