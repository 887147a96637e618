import type { RefusalRange } from "#server/domain/refusal-view.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";

/** Words of the refused connections. */
export const refusedText = {
  title: "Refused connections",
  subtitle:
    "Everybody who was not let in, and every subscription and message that was not taken: why, and what helps.",
  what: "What",
  why: "Why",
  who: "Who",
  from: "From",
  count: "Times",
  last: "Last",
  unnamed: "no name given",
  cause: "Cause",
  range: "Time",
  ranges: {
    "1h": "Last hour",
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    all: "All",
  } satisfies Record<RefusalRange, string>,
  filters: "Filters",
  search: "Name, explanation, address or fingerprint",
  ofDevice: (device: string) => `Device ${device}`,
  removeFilter: (what: string) => `Take the filter away: ${what}`,
  clearAll: "Clear filters",
  exportAll: "Export CSV",
  exportLabel: "Export the matching refusals as CSV",
  waiting: (count: string) => (count === "1" ? "1 new refusal" : `${count} new refusals`),
  showNew: "Show",
  entries: (entries: string, attempts: string) => `${entries} entries, ${attempts} attempts`,
  entriesOne: (attempts: string) => `1 entry, ${attempts} attempts`,

  emptyTitle: "Nobody was refused",
  emptyText: (range: string) =>
    `Within this time (${range.toLowerCase()}) every connection, subscription and message was taken.`,
  narrowedTitle: "No refusal fits this filter",
  narrowedText: "Take a filter away, or look further back.",

  remedy: "What helps",
  claimed: "Claimed to be",
  device: "Device",
  serviceClient: "Service client",
  noDevice: "none of ours",
  transport: "Transport",
  first: "First",
  lastExact: "Last",
  times: (count: string) => (count === "1" ? "once" : `${count} times`),
  grouped: "The same cause from the same place is one entry; its count grows.",
  fingerprint: "Certificate",
  certificateOf: (device: string, state: string) => `issued here for ${device}, ${state}`,
  certificateForeign: "not issued here",
  certificateEnds: "valid until",
  entry: "Entry",
  code: "Cause",

  actIssue: "Issue a certificate",
  actDevice: "Open the device",
  actCredentials: "Open its credentials",
  actOnboard: "Onboard a device",
  actEnrolmentRequests: "Open the enrolment requests",
  actEnrolmentGroups: "Open the enrolment groups",
  actService: "Open the service client",
  actLimits: "Open the limits",
  actGuide: "What the listener takes",
  actSame: "All of this name",

  all: "All refused connections",
} as const;

/** A cause in a few words, and what it means in a sentence. */
type CauseWords = { readonly title: string; readonly meaning: string };

const causeWords: Readonly<Record<RefusalCause, CauseWords>> = {
  "unknown-certificate": {
    title: "Unknown certificate",
    meaning: "The certificate was signed by this installation, but is in no register of it.",
  },
  "unknown-ca": {
    title: "Unknown CA",
    meaning: "The certificate was issued by somebody who is not trusted here.",
  },
  "ca-not-active": {
    title: "CA not active",
    meaning: "The organisation's CA that issued the certificate is disabled or was removed.",
  },
  "awaits-approval": {
    title: "Waits for approval",
    meaning: "The device asked to be enrolled, and nobody has approved it yet.",
  },
  "enrolment-refused": {
    title: "Enrolment refused",
    meaning: "The device asked to be enrolled, and the rules of its group do not allow it.",
  },
  "renewal-refused": {
    title: "Renewal refused",
    meaning: "The device asked for its next certificate, and it was not issued.",
  },
  expired: { title: "Certificate expired", meaning: "The certificate's time is over." },
  "not-yet-valid": {
    title: "Not yet valid",
    meaning: "The certificate's time has not begun, or the device's clock is wrong.",
  },
  revoked: {
    title: "Certificate revoked",
    meaning: "The certificate was revoked and never counts again.",
  },
  retired: { title: "Certificate retired", meaning: "A newer certificate has taken its place." },
  "certificate-suspended": {
    title: "Certificate on hold",
    meaning: "The certificate does not count for the time being.",
  },
  "wrong-subject": {
    title: "Wrong name in certificate",
    meaning: "The certificate names another device than the one it was issued to.",
  },
  "device-suspended": {
    title: "Device suspended",
    meaning: "Somebody keeps this device out until it is resumed.",
  },
  "device-decommissioned": {
    title: "Device decommissioned",
    meaning: "The device was taken out of service for good.",
  },
  "no-certificate": {
    title: "No credentials",
    meaning: "The client showed neither a certificate nor a name and token.",
  },
  "client-id-mismatch": {
    title: "Wrong client id",
    meaning: "The MQTT client id is not the one of the credential's owner.",
  },
  "bad-credentials": {
    title: "Wrong password or token",
    meaning: "The name is unknown, or what was given with it is wrong, expired or revoked.",
  },
  "plain-not-allowed": {
    title: "No token set",
    meaning: "The device gave a password, and has neither token nor key here that could match.",
  },
  "unknown-service-client": {
    title: "Unknown service client",
    meaning: "There is no service client of this name.",
  },
  "service-client-suspended": {
    title: "Service client suspended",
    meaning: "Somebody keeps this service client out until it is resumed.",
  },
  "sas-malformed": {
    title: "Malformed SAS token",
    meaning: "What was given as password is no whole SAS token.",
  },
  "sas-signature": {
    title: "Wrong SAS signature",
    meaning: "The token was signed with a key that is not the device's.",
  },
  "sas-other-device": {
    title: "SAS token of another device",
    meaning: "The token is good, but for another device than the one that connects.",
  },
  "no-sas-key": { title: "No SAS key", meaning: "The device has no key for SAS tokens here." },
  "protocol-version": {
    title: "Protocol version",
    meaning: "The client speaks a version of MQTT that is not served.",
  },
  "authentication-method": {
    title: "Authentication method",
    meaning: "The client asks for an enhanced authentication that is not served.",
  },
  malformed: {
    title: "Malformed packet",
    meaning: "A packet cannot be read as the standard has it.",
  },
  "protocol-error": {
    title: "Protocol error",
    meaning: "A packet came that the standard forbids at this place.",
  },
  handshake: { title: "TLS handshake failed", meaning: "Client and server found no common TLS." },
  "no-connect": {
    title: "No CONNECT",
    meaning: "The connection was opened and nothing was said on it.",
  },
  rate: {
    title: "Too fast",
    meaning: "More came within a second than the limit allows.",
  },
  "too-many-connections": {
    title: "Too many connections",
    meaning: "A limit on open connections is reached.",
  },
  "packet-too-large": {
    title: "Packet too large",
    meaning: "A packet is larger than the limit that the client was told.",
  },
  "will-not-allowed": {
    title: "Will not allowed",
    meaning: "The will's topic is not one that this client may publish to.",
  },
  "publish-not-allowed": {
    title: "Publish not allowed",
    meaning: "The client may not publish to this topic.",
  },
  "subscribe-not-allowed": {
    title: "Subscribe not allowed",
    meaning: "The client may not subscribe to this filter.",
  },
  "topic-invalid": {
    title: "Invalid topic",
    meaning: "The text is no topic or no topic filter.",
  },
  "receive-maximum": {
    title: "Too many unacknowledged",
    meaning: "The client did not wait for acknowledgements as it was told to.",
  },
  "topic-alias": {
    title: "Topic alias",
    meaning: "The client uses a topic alias that it was not offered.",
  },
  quota: { title: "Limit reached", meaning: "A limit of this client or its device is reached." },
  throttled: {
    title: "Slowed down",
    meaning: "More came than the limit allows, so that it was read more slowly. Nothing was lost.",
  },
  "taken-over": {
    title: "Taken over",
    meaning: "Another connection with the same identity took the place of this one.",
  },
  unavailable: {
    title: "Service unavailable",
    meaning: "The server could not judge the client at that moment.",
  },
  internal: { title: "Server fault", meaning: "The server met a fault of its own." },
};

/** A cause in words. One that this console does not know yet keeps its code. */
export function wordsOfCause(cause: string): CauseWords {
  const known: Readonly<Record<string, CauseWords | undefined>> = causeWords;
  return known[cause] ?? { title: cause.replaceAll("-", " "), meaning: "" };
}
