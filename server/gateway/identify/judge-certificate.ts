import type { CertificateRecord, RegisteredDevice } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** A client certificate as it was presented in the handshake; its key has signed the handshake. */
export type PresentedCertificate = {
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** Common name; empty when there is none or several. */
  readonly commonName: string;
  /** Of SAN URI:urn:uuid:…, lower case; empty when there is none or several. */
  readonly uuid: string;
  readonly issuer: string;
  /** When it ends by itself; sessions end with it. */
  readonly notAfter?: Date;
  /** SHA-256 of the certificate of a CA unknown here, lower-case hex; empty when it was not sent. */
  readonly issuerSha256: string;
  /** Whether one of our CAs issued it. */
  readonly ours: boolean;
  /** Of a certificate that is not ours: a customer's CA may have issued it. */
  readonly der?: Buffer;
};

/** Either the device, or why not. */
export type Judgement =
  | {
      readonly device: RegisteredDevice;
      /** Which of its passwords or keys it was; undefined where a certificate decided. */
      readonly credentialId?: string | undefined;
      readonly refusal?: undefined;
    }
  | { readonly refusal: Refusal; readonly device?: undefined };

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

function unknown(presented: PresentedCertificate): Refusal {
  const name =
    presented.commonName === "" ? "without a name" : `of ${quoted(presented.commonName)}`;
  if (presented.ours) {
    return {
      cause: "unknown-certificate",
      detail: `The certificate ${name} was signed by this installation's CA but is not in its registry (SHA-256 ${presented.sha256}).`,
      remedy: "Issue a certificate on the device's page and install that one.",
    };
  }
  const issuer = quoted(presented.issuer);
  return {
    cause: "unknown-ca",
    detail:
      presented.issuerSha256 === ""
        ? `Unknown CA: it calls itself ${issuer} and its own certificate was not sent; the fingerprint of the certificate ${name} that it issued is SHA-256 ${presented.sha256}.`
        : `Unknown CA: its fingerprint is SHA-256 ${presented.issuerSha256}. It calls itself ${issuer} and issued the certificate ${name}.`,
    remedy: "Give the device a certificate issued here: onboard it, or paste its CSR on its page.",
  };
}

function stateRefusal(record: CertificateRecord): Refusal | undefined {
  const { deviceId } = record.device;
  switch (record.state) {
    case "issued":
    case "active":
    case "superseded":
      return undefined;
    case "revoked": {
      const on = record.revokedAt === null ? "" : ` on ${dayFormat.format(record.revokedAt)}`;
      const why = record.revocationReason === null ? "" : ` (${record.revocationReason})`;
      return {
        cause: "revoked",
        detail: `The certificate of ${deviceId} was revoked${on}${why}.`,
        remedy: `Issue a new one on the page of ${deviceId} if the device may connect again.`,
      };
    }
    case "retired":
      return {
        cause: "retired",
        detail: `The certificate of ${deviceId} is retired: a newer one has replaced it.`,
        remedy: `Install the newest certificate of ${deviceId}, or issue a new one on its page.`,
      };
    case "suspended":
      return {
        cause: "certificate-suspended",
        detail: `The certificate of ${deviceId} is on hold.`,
        remedy: `Lift the hold on the page of ${deviceId}, or issue a new certificate there.`,
      };
  }
}

/** Why a device may not connect whatever it presents; undefined when it may. */
export function deviceRefusal(device: RegisteredDevice): Refusal | undefined {
  switch (device.state) {
    case "active":
    case "quarantined":
      return undefined;
    case "suspended":
      return {
        cause: "device-suspended",
        detail: `The device ${device.deviceId} is suspended.`,
        remedy: `Resume it on the page of ${device.deviceId}.`,
      };
    case "decommissioned":
      return {
        cause: "device-decommissioned",
        detail: `The device ${device.deviceId} is decommissioned.`,
        remedy: "Onboard it anew if it is to be used again; otherwise switch it off.",
      };
  }
}

function timeRefusal(record: CertificateRecord, now: Date): Refusal | undefined {
  const { deviceId } = record.device;
  if (now < record.notBefore) {
    return {
      cause: "not-yet-valid",
      detail: `The certificate of ${deviceId} is valid from ${record.notBefore.toISOString()}, it is now ${now.toISOString()}.`,
      remedy: "Check the clock of this server.",
    };
  }
  return certificateExpiry(deviceId, record, now);
}

/** Why a certificate counts no more because its time is over; undefined while it is not. */
export function certificateExpiry(
  name: string,
  { notAfter }: { readonly notAfter: Date },
  now: Date,
): Refusal | undefined {
  if (now <= notAfter) return undefined;
  return {
    cause: "expired",
    detail: `The certificate of ${name} expired on ${dayFormat.format(notAfter)}.`,
    remedy: `Issue a new one on the page of ${name}.`,
  };
}

/** Whoever disables a CA wants none of its certificates to count any more. */
function authorityRefusal(
  record: CertificateRecord,
  presented: PresentedCertificate,
): Refusal | undefined {
  const { authority, device } = record;
  if (presented.ours || authority === undefined) return undefined;
  const isDisabled = authority.state === "disabled";
  return {
    cause: "ca-not-active",
    detail: `The certificate of ${device.deviceId} was issued by the CA ${quoted(authority.name)}, which ${isDisabled ? "is disabled" : "was removed"}.`,
    remedy: isDisabled
      ? `Enable the CA in its enrolment group, or issue a certificate on the page of ${device.deviceId}.`
      : `Register the CA again in the enrolment group, or issue a certificate on the page of ${device.deviceId}.`,
  };
}

/** A customer's CA names its devices as it likes: there the entry of the registry says whose it is. */
function subjectRefusal(
  record: CertificateRecord,
  presented: PresentedCertificate,
): Refusal | undefined {
  const { device } = record;
  if (!presented.ours) return undefined;
  if (presented.commonName === device.deviceId && presented.uuid === device.id) return undefined;
  return {
    cause: "wrong-subject",
    detail: `The certificate names ${quoted(presented.commonName)} (${quoted(presented.uuid)}), the registry has it for ${device.deviceId} (${device.id}).`,
    remedy: `Issue a new certificate on the page of ${device.deviceId}.`,
  };
}

/**
 * Decides on a presented certificate: it is the very one in the registry, in a state in which it
 * may be used, within its validity, and the device is active. One of our CAs names the device in it
 * by CN and by UUID; a customer's CA is still trusted. The CN alone decides nothing.
 */
export function judgeCertificate(
  record: CertificateRecord | undefined,
  presented: PresentedCertificate,
  now: Date,
): Judgement {
  if (record === undefined || record.sha256 !== presented.sha256) {
    return { refusal: unknown(presented) };
  }
  const refusal =
    deviceRefusal(record.device) ??
    stateRefusal(record) ??
    timeRefusal(record, now) ??
    authorityRefusal(record, presented) ??
    subjectRefusal(record, presented);
  return refusal === undefined ? { device: record.device } : { refusal };
}
