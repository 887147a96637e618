/** Why a peer, a subscription or a publication was refused. Closed: each has codes, a counter and words. */
export type RefusalCause =
  | "unknown-certificate"
  | "unknown-ca"
  | "ca-not-active"
  | "awaits-approval"
  | "enrolment-refused"
  | "renewal-refused"
  | "expired"
  | "not-yet-valid"
  | "revoked"
  | "retired"
  | "certificate-suspended"
  | "wrong-subject"
  | "device-suspended"
  | "device-decommissioned"
  | "no-certificate"
  | "client-id-mismatch"
  | "bad-credentials"
  | "plain-not-allowed"
  | "unknown-service-client"
  | "service-client-suspended"
  | "sas-malformed"
  | "sas-signature"
  | "sas-other-device"
  | "no-sas-key"
  | "protocol-version"
  | "authentication-method"
  | "malformed"
  | "protocol-error"
  | "handshake"
  | "no-connect"
  | "rate"
  | "too-many-connections"
  | "packet-too-large"
  | "will-not-allowed"
  | "publish-not-allowed"
  | "subscribe-not-allowed"
  | "topic-invalid"
  | "receive-maximum"
  | "topic-alias"
  | "quota"
  | "throttled"
  | "taken-over"
  | "unavailable"
  | "internal";

/** One refusal in plain words; both sentences name the thing. */
export type Refusal = {
  readonly cause: RefusalCause;
  /** What was refused and why: "The certificate of pump-17 expired on 3 March 2026." */
  readonly detail: string;
  /** What to do next: "Issue a new one on its device page." */
  readonly remedy: string;
};

/** What is known of the one who was refused; empty strings and nulls where nothing is. */
export type RefusedPeer = {
  /** Common name, user name or client id that was presented. */
  readonly claimedId: string;
  readonly tenantId: string | null;
  readonly deviceKey: bigint | null;
  /** Of the presented certificate, lower-case hex. */
  readonly sha256: string;
  /** Address without a port. */
  readonly remote: string;
  readonly transport: string;
  /** Whether it was connected already: then what was refused, or cut, was no attempt to connect. */
  readonly wasConnected?: boolean;
};

/** Where refusals are told; see refusals.ts. */
export type RefusalRecorder = {
  record(peer: RefusedPeer, refusal: Refusal): void;
};

/** A text of a stranger, made safe for a sentence: printable, at most 80 characters. */
export function quoted(text: string): string {
  const printable = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
  return `“${printable.length > 80 ? `${printable.slice(0, 79)}…` : printable}”`;
}
