import { timingSafeEqual } from "node:crypto";
import { deviceRefusal, type Judgement } from "#server/gateway/identify/judge-certificate.ts";
import type { CredentialRecord } from "#server/gateway/identify/registry.ts";
import { quoted } from "#server/gateway/refusal.ts";

/** User name and token as presented; the token itself is not kept. */
export type PresentedToken = {
  readonly userName: string;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
};

/** Decides on a user name and token: the device has that token, and is active. */
export function judgeCredentials(
  record: CredentialRecord | undefined,
  presented: PresentedToken,
): Judgement {
  if (record === undefined) {
    return {
      refusal: {
        cause: "bad-credentials",
        detail: `There is no device ${quoted(presented.userName)}.`,
        remedy: "Use the device's id as user name, or onboard the device first.",
      },
    };
  }
  const { device } = record;
  if (record.secretHashes.length === 0) {
    return {
      refusal: {
        cause: "plain-not-allowed",
        detail: `The device ${device.deviceId} has no token, and the plain port takes nothing else.`,
        remedy: "Connect with its certificate on the TLS port, or make a token on its page.",
      },
    };
  }
  // All are compared, so that the time tells nothing about which one was near.
  const match = record.secretHashes.filter(
    (hash) => hash.length === presented.hash.length && timingSafeEqual(hash, presented.hash),
  );
  if (match.length === 0) {
    return {
      refusal: {
        cause: "bad-credentials",
        detail: `The token that was presented for ${device.deviceId} is wrong or was revoked.`,
        remedy: `Make a new token on the page of ${device.deviceId}.`,
      },
    };
  }
  const refusal = deviceRefusal(device);
  return refusal === undefined ? { device } : { refusal };
}
