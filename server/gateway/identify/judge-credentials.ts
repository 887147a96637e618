import { timingSafeEqual } from "node:crypto";
import { deviceRefusal, type Judgement } from "#server/gateway/identify/judge-certificate.ts";
import type { CredentialRecord } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** User name and token as presented; the token itself is not kept. */
export type PresentedToken = {
  readonly userName: string;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
};

/** Nobody has the id that was given as user name. */
export function unknownDevice(deviceId: string): Refusal {
  return {
    cause: "bad-credentials",
    detail: `There is no device ${quoted(deviceId)}.`,
    remedy: "Use the device's id as user name, or onboard the device first.",
  };
}

/** Decides on a user name and token: the device has that token, and is active. */
export function judgeCredentials(
  record: CredentialRecord | undefined,
  presented: PresentedToken,
): Judgement {
  if (record === undefined) return { refusal: unknownDevice(presented.userName) };
  const { device } = record;
  if (record.secretHashes.length === 0) {
    return {
      refusal: {
        cause: "plain-not-allowed",
        detail: `The device ${device.deviceId} presented a password and has none here.`,
        remedy: `Connect with its certificate on the TLS port, or make a password on the page of ${device.deviceId}.`,
      },
    };
  }
  // All are compared, so that the time tells nothing about which one was near.
  const matches = record.secretHashes.map(
    (hash) => hash.length === presented.hash.length && timingSafeEqual(hash, presented.hash),
  );
  const match = matches.indexOf(true);
  if (match === -1) {
    return {
      refusal: {
        cause: "bad-credentials",
        detail: `The password that was presented for ${device.deviceId} is wrong or was revoked.`,
        remedy: `Make a new password on the page of ${device.deviceId}.`,
      },
    };
  }
  const refusal = deviceRefusal(device);
  return refusal === undefined ? { device, credentialId: record.secretIds?.[match] } : { refusal };
}
