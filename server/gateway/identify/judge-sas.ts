import { deviceRefusal, type Judgement } from "#server/gateway/identify/judge-certificate.ts";
import { unknownDevice } from "#server/gateway/identify/judge-credentials.ts";
import type { CredentialRecord } from "#server/gateway/identify/registry.ts";
import { isSignedWith, namesDevice, type SasToken } from "#server/gateway/identify/sas-token.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

export type PresentedSas = { readonly deviceId: string; readonly token: SasToken };

/** A SAS token that cannot be read. */
export function malformedSas(deviceId: string, problem: string): Refusal {
  return {
    cause: "sas-malformed",
    detail: `The SAS token of ${quoted(deviceId)} ${problem}.`,
    remedy: `Make it as Azure's SDKs do: SharedAccessSignature sr={host}/devices/${deviceId}&sig={percent-encoded base64}&se={seconds since 1970}.`,
  };
}

/**
 * Decides on a SAS token: it names the device, one of the device's keys signed it, it has not
 * expired, and the device is active.
 */
export function judgeSas(
  record: CredentialRecord | undefined,
  { deviceId, token }: PresentedSas,
  now: Date,
): Judgement {
  if (record === undefined) return { refusal: unknownDevice(deviceId) };
  const { device } = record;
  const refusal =
    resourceRefusal(deviceId, token) ??
    signatureRefusal(record, token) ??
    expiryRefusal(deviceId, token, now) ??
    deviceRefusal(device);
  return refusal === undefined ? { device, credentialId: signerOf(record, token) } : { refusal };
}

function resourceRefusal(deviceId: string, { resource }: SasToken): Refusal | undefined {
  if (namesDevice(resource, deviceId)) return undefined;
  return {
    cause: "sas-other-device",
    detail: `The SAS token that ${deviceId} presented is for ${quoted(resource)}.`,
    remedy: `Make it for {host}/devices/${deviceId}; or use the user name of the device that it is for.`,
  };
}

function signerOf({ sasKeys }: CredentialRecord, token: SasToken): string | undefined {
  return sasKeys.find(({ key }) => key !== undefined && isSignedWith(token, key))?.id;
}

function signatureRefusal(
  { device: { deviceId }, sasKeys }: CredentialRecord,
  token: SasToken,
): Refusal | undefined {
  if (sasKeys.length === 0) {
    return {
      cause: "no-sas-key",
      detail: `The device ${deviceId} presented a SAS token and has no SAS key here.`,
      remedy: `Create a primary key on the page of ${deviceId}; a key that the device has already can be brought along.`,
    };
  }
  // Every key is tried, so that the time does not tell which one was near.
  const readable = sasKeys.flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (readable.filter((key) => isSignedWith(token, key)).length > 0) return undefined;
  if (readable.length < sasKeys.length) {
    return {
      cause: "internal",
      detail: `A SAS key of ${deviceId} cannot be opened: it was sealed under a key that this worker does not have.`,
      remedy: "Start this worker with the ENCRYPTION_KEY of the installation.",
    };
  }
  const policy =
    token.policy === ""
      ? ""
      : ` It names the policy ${quoted(token.policy)}; here a device signs with its own key.`;
  return {
    cause: "sas-signature",
    detail: `The SAS token of ${deviceId} was signed with neither its primary nor its secondary key.${policy}`,
    remedy: `Compare the key in the device with the one that was issued, or rotate it on the page of ${deviceId}. The key is base64 and signs as bytes.`,
  };
}

/** Why a token counts no more; undefined while it does. */
export function expiryRefusal(deviceId: string, token: SasToken, now: Date): Refusal | undefined {
  const seconds = Math.floor(now.getTime() / 1_000) - token.expiresAt.getTime() / 1_000;
  if (seconds < 0) return undefined;
  return {
    cause: "expired",
    detail: `The SAS token of ${deviceId} expired at ${token.expiresAt.toISOString()}, ${agoWords(seconds)} ago: it is now ${now.toISOString()} here.`,
    remedy: `Let the device make a new token before the old one expires. If it did so just now, its clock is ${agoWords(seconds)} behind or more: set it.`,
  };
}

const steps = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Rounded down: "2 hours". */
function agoWords(seconds: number): string {
  const step = steps.find(([, size]) => seconds >= size);
  const [name, size] = step ?? (["second", 1] as const);
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
