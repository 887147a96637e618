import type { Publication } from "#server/broker/publication.ts";
import { noProfileId, type AcceptedMessage, type RejectedAt } from "#server/pipeline/message.ts";

/** @returns the tenant of whoever published it */
export function tenantOf(message: AcceptedMessage): string {
  return message.device === undefined ? message.tenantId : message.device.tenantId;
}

/** Bytes that a message holds besides what every message takes. */
export function bytesOf(message: AcceptedMessage): number {
  const { payload, forwarded } = message.device === undefined ? message.publication : message;
  return payload.length + forwarded.length;
}

/** @returns when it came, epoch milliseconds */
export function receivedAtOf(message: AcceptedMessage): number {
  return message.device === undefined ? message.publication.receivedAt : message.receivedAt;
}

/** Where the ledger counts a message. */
export function ledgerPlaceOf(message: AcceptedMessage): RejectedAt {
  const { transport } = message;
  if (message.device === undefined) {
    const { receivedAt } = message.publication;
    return { tenantId: message.tenantId, profileId: noProfileId, transport, receivedAt };
  }
  const { tenantId, profileId } = message.device;
  return { tenantId, profileId, transport, receivedAt: message.receivedAt };
}

/** The message as subscribers get it. */
export function publicationOf(message: AcceptedMessage): Publication {
  if (message.device === undefined) return message.publication;
  const { device, topic, payload, qos, retain, expiresAt, receivedAt, forwarded, publisher } =
    message;
  const { tenantId } = device;
  return { tenantId, topic, payload, qos, retain, expiresAt, receivedAt, forwarded, publisher };
}
