/** Everything of the installation that runs out, in one inventory. */
export const certificateKinds = [
  "device",
  "issuing",
  "root",
  "server",
  "claim",
  "customer_ca",
  "crl",
  "trust_anchor",
] as const;
export type CertificateKind = (typeof certificateKinds)[number];

/** What the interface calls one of the kind. */
export const certificateKindNames: Readonly<Record<CertificateKind, string>> = {
  device: "Device",
  issuing: "Issuing CA",
  root: "Root CA",
  server: "Server",
  claim: "Claim certificate",
  customer_ca: "Customer's CA",
  crl: "Revocation list",
  trust_anchor: "Trust anchor in firmware",
};

type Lead = {
  /** Days before the end from which people should replace it. */
  readonly soonDays: number;
  /** Days before the end from which it is critical. */
  readonly criticalDays: number;
};

/**
 * How long before its end people have to act, of the kinds whose policy is no profile's. An issuing CA
 * cannot outlive what it signs: from 397 days before its end, the longest device certificates are cut
 * short. A root has to outlive a new issuing CA (5 years). A trust anchor is replaced by new firmware.
 */
export const kindLeads: Readonly<Record<Exclude<CertificateKind, "device" | "crl">, Lead>> = {
  root: { soonDays: 1_826, criticalDays: 397 },
  issuing: { soonDays: 397, criticalDays: 90 },
  server: { soonDays: 30, criticalDays: 7 },
  claim: { soonDays: 30, criticalDays: 7 },
  customer_ca: { soonDays: 90, criticalDays: 30 },
  trust_anchor: { soonDays: 365, criticalDays: 90 },
};
