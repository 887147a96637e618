/** Reasons of RFC 5280 §5.3.1 that an operator can know. */
export const revocationReasons = [
  "unspecified",
  "key_compromise",
  "affiliation_changed",
  "superseded",
  "cessation_of_operation",
  "privilege_withdrawn",
] as const;
export type RevocationReason = (typeof revocationReasons)[number];
