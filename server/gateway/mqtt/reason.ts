import type { RefusalReason, RejectionReason } from "#server/pipeline/message.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";

/** Reason codes of MQTT 5.0 §2.4 that this server sends. */
export const reasonCode = {
  success: 0x00,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  unsupportedProtocolVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdentifierNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  sharedSubscriptionsNotSupported: 0x9e,
  connectionRateExceeded: 0x9f,
  maximumConnectTime: 0xa0,
} as const;

/** Return codes of a 3.1.1 CONNACK, §3.2.2.3; undefined closes the connection without a word. */
export type ReturnCode = 1 | 2 | 3 | 4 | 5;

type Codes = { readonly v5: number; readonly v3: ReturnCode | undefined };

/** Every cause in both protocols. A cause that no CONNECT can meet has no 3.1.1 code. */
const codes: Readonly<Record<RefusalCause, Codes>> = {
  "unknown-certificate": { v5: reasonCode.notAuthorized, v3: 5 },
  "unknown-ca": { v5: reasonCode.notAuthorized, v3: 5 },
  "ca-not-active": { v5: reasonCode.notAuthorized, v3: 5 },
  "awaits-approval": { v5: reasonCode.notAuthorized, v3: 5 },
  "enrolment-refused": { v5: reasonCode.notAuthorized, v3: 5 },
  "renewal-refused": { v5: reasonCode.notAuthorized, v3: undefined },
  expired: { v5: reasonCode.notAuthorized, v3: 5 },
  "not-yet-valid": { v5: reasonCode.notAuthorized, v3: 5 },
  revoked: { v5: reasonCode.notAuthorized, v3: 5 },
  retired: { v5: reasonCode.notAuthorized, v3: 5 },
  "certificate-suspended": { v5: reasonCode.notAuthorized, v3: 5 },
  "wrong-subject": { v5: reasonCode.notAuthorized, v3: 5 },
  "device-suspended": { v5: reasonCode.notAuthorized, v3: 5 },
  "device-decommissioned": { v5: reasonCode.notAuthorized, v3: 5 },
  "no-certificate": { v5: reasonCode.notAuthorized, v3: 5 },
  "client-id-mismatch": { v5: reasonCode.clientIdentifierNotValid, v3: 2 },
  "bad-credentials": { v5: reasonCode.badUserNameOrPassword, v3: 4 },
  "plain-not-allowed": { v5: reasonCode.notAuthorized, v3: 5 },
  "unknown-service-client": { v5: reasonCode.badUserNameOrPassword, v3: 4 },
  "service-client-suspended": { v5: reasonCode.notAuthorized, v3: 5 },
  "sas-malformed": { v5: reasonCode.badUserNameOrPassword, v3: 4 },
  "sas-signature": { v5: reasonCode.badUserNameOrPassword, v3: 4 },
  "sas-other-device": { v5: reasonCode.notAuthorized, v3: 5 },
  "no-sas-key": { v5: reasonCode.notAuthorized, v3: 5 },
  "protocol-version": { v5: reasonCode.unsupportedProtocolVersion, v3: 1 },
  "authentication-method": { v5: reasonCode.badAuthenticationMethod, v3: undefined },
  malformed: { v5: reasonCode.malformedPacket, v3: undefined },
  "protocol-error": { v5: reasonCode.protocolError, v3: undefined },
  handshake: { v5: reasonCode.unspecified, v3: undefined },
  "no-connect": { v5: reasonCode.protocolError, v3: undefined },
  rate: { v5: reasonCode.connectionRateExceeded, v3: 3 },
  "too-many-connections": { v5: reasonCode.serverBusy, v3: 3 },
  "packet-too-large": { v5: reasonCode.packetTooLarge, v3: undefined },
  "will-not-allowed": { v5: reasonCode.notAuthorized, v3: 5 },
  "publish-not-allowed": { v5: reasonCode.notAuthorized, v3: undefined },
  "subscribe-not-allowed": { v5: reasonCode.notAuthorized, v3: undefined },
  "topic-invalid": { v5: reasonCode.topicNameInvalid, v3: undefined },
  "receive-maximum": { v5: reasonCode.receiveMaximumExceeded, v3: undefined },
  "topic-alias": { v5: reasonCode.topicAliasInvalid, v3: undefined },
  throttled: { v5: reasonCode.quotaExceeded, v3: undefined },
  quota: { v5: reasonCode.quotaExceeded, v3: undefined },
  "taken-over": { v5: reasonCode.sessionTakenOver, v3: undefined },
  unavailable: { v5: reasonCode.serverUnavailable, v3: 3 },
  internal: { v5: reasonCode.implementationSpecific, v3: undefined },
};

/** Code of a refusal in an MQTT 5 CONNACK, DISCONNECT or PUBACK. */
export function reasonCodeOf(cause: RefusalCause): number {
  return codes[cause].v5;
}

/** Code of a refusal in a 3.1.1 CONNACK; undefined where the connection is closed instead. */
export function returnCodeOf(cause: RefusalCause): ReturnCode | undefined {
  return codes[cause].v3;
}

const acknowledgementCodes: Readonly<Record<RefusalReason | RejectionReason, number>> = {
  unstorable: reasonCode.implementationSpecific,
  "unknown-channel": reasonCode.topicNameInvalid,
  "field-limit": reasonCode.quotaExceeded,
  "not-json": reasonCode.payloadFormatInvalid,
  "too-deep": reasonCode.payloadFormatInvalid,
  "too-many-keys": reasonCode.payloadFormatInvalid,
  "too-large": reasonCode.payloadFormatInvalid,
  "not-an-object": reasonCode.payloadFormatInvalid,
  "batch-too-large": reasonCode.payloadFormatInvalid,
  empty: reasonCode.payloadFormatInvalid,
  "content-type": reasonCode.payloadFormatInvalid,
  "schema-mismatch": reasonCode.payloadFormatInvalid,
  "unknown-version": reasonCode.payloadFormatInvalid,
  "duplicate-key": reasonCode.payloadFormatInvalid,
  "not-cbor": reasonCode.payloadFormatInvalid,
  "not-protobuf": reasonCode.payloadFormatInvalid,
  "not-senml": reasonCode.payloadFormatInvalid,
  "not-sparkplug": reasonCode.payloadFormatInvalid,
  "processing-failed": reasonCode.payloadFormatInvalid,
  // Told as success: the device has done nothing wrong.
  "in-quarantine": reasonCode.success,
  "child-unknown": reasonCode.notAuthorized,
  "child-elsewhere": reasonCode.notAuthorized,
  "child-out-of-service": reasonCode.notAuthorized,
  "child-limit": reasonCode.quotaExceeded,
  "unsupported-value": reasonCode.payloadFormatInvalid,
  "bad-timestamp": reasonCode.payloadFormatInvalid,
  "bad-id": reasonCode.payloadFormatInvalid,
};

/** Code of an MQTT 5 PUBACK or PUBREC for a message that was kept as a dead letter, or not at all. */
export function acknowledgementCodeOf(reason: RefusalReason | RejectionReason): number {
  return acknowledgementCodes[reason];
}
