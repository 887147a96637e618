import { deviceRefusal, type Judgement } from "#server/gateway/identify/judge-certificate.ts";
import { unknownDevice } from "#server/gateway/identify/judge-credentials.ts";
import type { CredentialRecord } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** A pre-shared key whose possession the TLS handshake has proven. */
export type PresentedPsk = {
  readonly deviceId: string;
  /** Of the key's row. */
  readonly credentialId: string;
};

/** Decides on a proven pre-shared key: it still counts, and the device is active. */
export function judgePsk(
  record: CredentialRecord | undefined,
  { deviceId, credentialId }: PresentedPsk,
): Judgement {
  if (record === undefined) return { refusal: unknownDevice(deviceId) };
  const { device, pskIds = [] } = record;
  const refusal = pskIds.includes(credentialId) ? deviceRefusal(device) : revoked(deviceId);
  return refusal === undefined ? { device, credentialId } : { refusal };
}

function revoked(deviceId: string): Refusal {
  return {
    cause: "revoked",
    detail: `The pre-shared key with which ${deviceId} connected was revoked or replaced.`,
    remedy: `Give the device the newest one, or make one on the page of ${deviceId}.`,
  };
}

/**
 * Why a TLS handshake with a pre-shared key failed.
 * @param record of the device that the identity names
 */
export function pskHandshakeRefusal(
  record: CredentialRecord | undefined,
  identity: string,
  deviceId: string,
): Refusal {
  if (record === undefined) {
    return {
      cause: "bad-credentials",
      detail: `A client offered a pre-shared key as ${quoted(identity)}, and there is no such device.`,
      remedy: "Use the device's id as identity, or onboard the device first.",
    };
  }
  if ((record.pskIds ?? []).length === 0) {
    return {
      cause: "bad-credentials",
      detail: `The device ${deviceId} offered a pre-shared key and has none here that counts: it never had one, or it was revoked.`,
      remedy: `Make a pre-shared key on the page of ${deviceId}.`,
    };
  }
  return {
    cause: "bad-credentials",
    detail: `The client that calls itself ${quoted(identity)} holds another pre-shared key than this one.`,
    remedy: `Compare the key and the identity in the device with those that were issued (the secondary key's identity is ${deviceId}/secondary), or make a new one on the page of ${deviceId}.`,
  };
}
