import { observe } from "#server/domain/alert-rules.ts";
import type { Observation } from "#server/domain/alert.ts";
import { instantWords } from "#server/domain/ending.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** The newest full revocation list of a CA; null dates: there is none. */
export type RevocationListState = {
  readonly tenantId: string;
  readonly issuerSha256: string;
  readonly issuer: string;
  readonly issuerSince: Date;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
};

/** Brokers refuse every client when a list is past its next update; it is signed anew long before. */
export function revocationListLate(of: RevocationListState, now: Date): Observation {
  const { tenantId, issuer } = of;
  const path = "/certificates/authorities";
  const subject = { kind: "crl", id: of.issuerSha256, name: issuer, path };
  const at = { tenantId, rule: "crl-late", subject } as const;
  const remedy =
    "Look at the log of the worker: the signer may be down or locked. When it answers, the list is published within a minute.";
  const effect =
    "Brokers that check revocation lists refuse every client, also those with good certificates, when a list is past its end.";
  if (of.thisUpdate === null || of.nextUpdate === null) {
    if (now.getTime() - of.issuerSince.getTime() < dayMs) return observe(at, undefined);
    const title = `There is no revocation list of ${issuer}`;
    const detail = "The CA is more than a day old, and no list of it was published.";
    return observe(at, { step: "missing", severity: "warning", title, detail, remedy });
  }
  const life = of.nextUpdate.getTime() - of.thisUpdate.getTime();
  const left = of.nextUpdate.getTime() - now.getTime();
  if (left > life / 3) return observe(at, undefined);
  const until = instantWords(of.nextUpdate);
  if (left > 0) {
    const title = `The revocation list of ${issuer} was not published anew in time`;
    const detail = `The newest one counts until ${until}. ${effect}`;
    return observe(at, { step: "late", severity: "warning", title, detail, remedy });
  }
  const title = `The revocation list of ${issuer} ended on ${until}`;
  return observe(at, { step: "expired", severity: "critical", title, detail: effect, remedy });
}

/** A key with more than one device. */
export type SharedKey = {
  readonly tenantId: string;
  readonly spkiSha256: string;
  /** Ids of devices that have it, a few of them. */
  readonly deviceIds: readonly string[];
  readonly devices: number;
};

/** Whoever has the key can be any of the devices. */
export function sharedKey(of: SharedKey): Observation {
  const first = of.deviceIds[0] ?? "";
  const subject = { kind: "key", id: of.spkiSha256, name: first, path: `/devices/${first}` };
  const more = of.devices - of.deviceIds.length;
  const named = of.deviceIds.join(", ") + (more > 0 ? ` and ${more} more` : "");
  return observe(
    { tenantId: of.tenantId, rule: "shared-key", subject },
    {
      step: "",
      severity: "critical",
      title: `${of.devices} devices have the same key`,
      detail: `${named}. Whoever takes the key out of one of them can be each of them. Copied firmware images are the usual cause.`,
      remedy: "Let each device make a key of its own, issue new certificates, and revoke these.",
    },
  );
}

/** Devices of a profile with RSA keys of one length. */
export type RsaKeys = {
  readonly tenantId: string;
  readonly profileId: string;
  readonly profileName: string;
  readonly bits: number;
  readonly devices: number;
};

const devicesWords = (count: number): string => (count === 1 ? "1 device" : `${count} devices`);

/** RSA keys that are too short now, or after 2030 (NIST SP 800-57 part 1, table 2). */
export function rsaKeys(of: RsaKeys): Observation | undefined {
  const { tenantId, profileName, bits, devices } = of;
  const path = "/certificates/inventory";
  const subject = { kind: "profile", id: of.profileId, name: profileName, path };
  const remedy =
    "Let the devices renew with keys of the curve P-256; a rotation campaign does so in waves.";
  const title = `${devicesWords(devices)} of the profile ${profileName} ${devices === 1 ? "has an" : "have"} RSA ${devices === 1 ? "key" : "keys"} of ${bits} bits`;
  if (bits < 2048) {
    const detail =
      "Keys of less than 2048 bits can be broken. No new certificate is issued for one.";
    return observe(
      { tenantId, rule: "weak-key", subject },
      { step: "", severity: "critical", title, detail, remedy },
    );
  }
  if (bits >= 3072) return undefined;
  const detail = "NIST SP 800-57 lets such keys (112 bits of strength) count through 2030.";
  return observe(
    { tenantId, rule: "key-sunset", subject },
    { step: "", severity: "info", title, detail, remedy },
  );
}

/** The connections of a certificate within some minutes, in the order of time. */
export type CertificateConnections = {
  readonly tenantId: string;
  readonly certificateId: string;
  readonly deviceId: string;
  readonly connections: readonly { readonly at: Date; readonly remote: string }[];
};

/** Two that use one certificate take the connection from each other again and again. */
export const placesWindowMs = 10 * minuteMs;
const leastChanges = 3;

/**
 * How often the address changed to and fro. A device that moves from network to network, or whose
 * provider gives it another address each time, does not come back to an earlier one.
 */
export function addressChanges(remotes: readonly string[]): number {
  const seen = new Set<string>();
  let returns = 0;
  let last: string | undefined;
  for (const remote of remotes) {
    if (last !== undefined && remote !== last && seen.has(remote)) returns += 1;
    seen.add(remote);
    last = remote;
  }
  // The way there counts with the ways back.
  return returns === 0 ? 0 : returns + 1;
}

/** One certificate from two addresses by turns: its key was copied. */
export function twoPlaces(of: CertificateConnections): Observation | undefined {
  const remotes = of.connections.map(({ remote }) => remote);
  const last = of.connections.at(-1);
  if (last === undefined || addressChanges(remotes) < leastChanges) return undefined;
  const { certificateId: id, deviceId } = of;
  const subject = { kind: "certificate", id, name: deviceId, path: `/certificates/${id}` };
  const places = [...new Set(remotes)].slice(0, 4).join(" and ");
  return observe(
    { tenantId: of.tenantId, rule: "two-places", subject },
    {
      step: "",
      severity: "critical",
      title: `The certificate of ${deviceId} is used in two places at once`,
      detail: `Within ten minutes it connected by turns from ${places}, last at ${instantWords(last.at)}. Its key may have been copied.`,
      remedy:
        "Find out which of the two is the device. If you cannot, revoke the certificate for key compromise and issue a new one for a new key. A device behind two uplinks of one provider looks alike: then resolve this alert.",
      seenAt: last.at,
    },
  );
}

/** Refusals of one peer for a reason that has to do with its clock. */
export type ClockRefusals = {
  readonly tenantId: string;
  /** Null: nobody that we know. */
  readonly deviceId: string | null;
  readonly remote: string;
  readonly count: number;
  readonly lastAt: Date;
};

/** How the detail of such a handshake begins (server/gateway/mqtt/handshake-failure.ts). */
export const untimelyHandshake = "The client finds this server's certificate not valid at its time";
const leastRefusals = 3;

/** A clock that begins in 1970 finds every certificate not valid yet. */
export function clockOff(of: ClockRefusals): Observation | undefined {
  if (of.count < leastRefusals) return undefined;
  const { deviceId, remote } = of;
  const name = deviceId ?? remote;
  const subject =
    deviceId === null
      ? { kind: "peer", id: remote, name, path: "/refused" }
      : { kind: "device", id: deviceId, name, path: `/devices/${deviceId}` };
  return observe(
    { tenantId: of.tenantId, rule: "clock-off", subject },
    {
      step: "",
      severity: "warning",
      title: `The clock of ${deviceId ?? `a device at ${remote}`} is too far off`,
      detail: `A certificate was found not valid at its time, last at ${instantWords(of.lastAt)}.`,
      remedy:
        "Let the device set its clock (NTP, or the time of its modem) before it connects. If its clock is right, check that of this server.",
      seenAt: of.lastAt,
    },
  );
}

/** A revoked certificate with which somebody has connected since. */
export type RevokedAttempts = {
  readonly tenantId: string;
  readonly revocationId: string;
  readonly certificateId: string;
  readonly deviceId: string;
  readonly attempts: number;
  readonly lastAt: Date;
  readonly remote: string | null;
};

/** Either nobody told the device, or somebody else has its key. */
export function revokedTrying(of: RevokedAttempts): Observation {
  const { deviceId, attempts } = of;
  const path = `/certificates/revocations/${of.revocationId}`;
  const subject = { kind: "certificate", id: of.certificateId, name: deviceId, path };
  const times = attempts === 1 ? "once" : `${attempts} times`;
  const where = of.remote === null ? "" : ` from ${of.remote}`;
  return observe(
    { tenantId: of.tenantId, rule: "revoked-trying", subject },
    {
      step: "",
      severity: "warning",
      title: `A revoked certificate of ${deviceId} is still used`,
      detail: `Since it was revoked, a connection with it was refused ${times}, last at ${instantWords(of.lastAt)}${where}.`,
      remedy:
        "If it is the device, give it a new certificate. If it is not, keep the addresses for your report: the key is in other hands.",
      seenAt: of.lastAt,
    },
  );
}

/** A campaign that stopped by itself. */
export type HaltedCampaign = {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly haltedFor: string;
};

export function campaignHalted(of: HaltedCampaign): Observation {
  const { id, name } = of;
  const subject = { kind: "campaign", id, name, path: `/certificates/campaigns/${id}` };
  return observe(
    { tenantId: of.tenantId, rule: "campaign-halted", subject },
    {
      step: "",
      severity: "critical",
      title: `The rotation campaign ${name} was halted`,
      detail: of.haltedFor === "" ? "A threshold was passed." : of.haltedFor,
      remedy:
        "Look at the devices that failed, mend the cause, and resume the campaign or cancel it.",
    },
  );
}

/** The newest finished probe of the listeners. */
export type ProbeResult = {
  readonly tenantId: string;
  readonly wrong: number;
  readonly cells: number;
  readonly error: string;
  /** Some of the wrong cells in words. */
  readonly examples: readonly string[];
};

export function tlsWrong(of: ProbeResult): Observation | undefined {
  const subject = {
    kind: "listener",
    id: "tls",
    name: "Device listeners",
    path: "/certificates/tls",
  };
  const at = { tenantId: of.tenantId, rule: "tls-wrong", subject } as const;
  if (of.wrong > 0) {
    return observe(at, {
      step: "wrong",
      severity: "critical",
      title: `${of.wrong} of ${of.cells} TLS probes had another outcome than expected`,
      detail: `${of.examples.join("; ")}.`,
      remedy: "Compare the cells with the TLS profile, and look for a proxy before the listeners.",
    });
  }
  if (of.error === "") return undefined;
  return observe(at, {
    step: "failed",
    severity: "warning",
    title: "The TLS self-probe could not be made",
    detail: of.error,
    remedy: "Start it again on the TLS page. If it fails again, look at the log of the worker.",
  });
}

/** The root CA, with where its key is. */
export type OnlineRoot = {
  readonly tenantId: string;
  readonly sha256: string;
  readonly name: string;
  readonly since: Date;
};

/** Days in which a new installation may take its root offline without being told. */
const rootDays = 30;

export function rootOnline(of: OnlineRoot, now: Date): Observation {
  const path = "/certificates/authorities";
  const subject = { kind: "authority", id: of.sha256, name: of.name, path };
  const at = { tenantId: of.tenantId, rule: "root-online", subject } as const;
  if (now.getTime() - of.since.getTime() < rootDays * dayMs) return observe(at, undefined);
  return observe(at, {
    step: "",
    severity: "info",
    title: `The key of the root CA ${of.name} is on this server`,
    detail:
      "The root signs a new issuing CA every few years; until then its key need not be here, where whoever breaks in could take it.",
    remedy: "Export the root encrypted, keep it in a safe, and remove its key from this server.",
  });
}
