import type {
  AlertRule,
  AlertSubject,
  Finding,
  Observation,
  Severity,
} from "#server/domain/alert.ts";
import {
  authorityDays,
  certificateDays,
  endingSeverity,
  endWords,
  instantWords,
  reachedStep,
  unattendedDays,
} from "#server/domain/ending.ts";
import { renewalDueAt, renewalState } from "#server/domain/renewal.ts";

/** What a rule says of a subject; the rest of a finding follows from where it was seen. */
type Said = Pick<Finding, "step" | "severity" | "title" | "detail" | "remedy"> & {
  readonly seenAt?: Date;
};

/** An observation of a rule; without `said` the subject is near, and nothing is to be told yet. */
export function observe(
  at: { readonly tenantId: string; readonly rule: AlertRule; readonly subject: AlertSubject },
  said: Said | undefined,
): Observation {
  const { tenantId, rule, subject } = at;
  return {
    key: { tenantId, rule, subjectKind: subject.kind, subjectId: subject.id },
    finding: said === undefined ? undefined : { ...at, ...said, seenAt: said.seenAt ?? null },
  };
}

/** A certificate of a device that counts, as the certificate rules see it. */
export type DeviceCertificate = {
  readonly tenantId: string;
  readonly id: string;
  readonly deviceId: string;
  readonly deviceUuid: string;
  readonly deviceName: string;
  readonly profileName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly renewalDueAt: Date | null;
};

function certificateSubject(of: Pick<DeviceCertificate, "id" | "deviceId">): AlertSubject {
  return { kind: "certificate", id: of.id, name: of.deviceId, path: `/certificates/${of.id}` };
}

/** A certificate that people renew, told of on the days that its profile names. */
export function certificateEnding(
  of: DeviceCertificate,
  alertDays: readonly number[],
  now: Date,
): Observation {
  const rule = "certificate-ending";
  const at = { tenantId: of.tenantId, rule, subject: certificateSubject(of) } as const;
  const step = reachedStep(of.notAfter, alertDays, now);
  if (step === undefined) return observe(at, undefined);
  const ends = endWords(of.notAfter, now);
  return observe(at, {
    step,
    severity: endingSeverity(step, { warning: 30, critical: 7 }),
    title: `The certificate of ${of.deviceId} ${ends}`,
    detail:
      step === "expired"
        ? `${of.deviceName} (${of.deviceId}, profile ${of.profileName}) cannot connect with it any more.`
        : `${of.deviceName} (${of.deviceId}, profile ${of.profileName}) cannot connect with it after that. People renew the certificates of this profile.`,
    remedy:
      "Issue a new certificate on the page of the device, install it there, and let the device connect with it once.",
  });
}

const overdueWords = {
  overdue: "It should have asked for a new one by now.",
  critical: "Less than a sixth of its life is left.",
  expired: "The device cannot connect with it any more.",
} as const;

/** A certificate that its device renews by itself, when it does not. */
export function renewalOverdue(of: DeviceCertificate, now: Date): Observation {
  const rule = "renewal-overdue";
  const at = { tenantId: of.tenantId, rule, subject: certificateSubject(of) } as const;
  const dueAt = of.renewalDueAt ?? renewalDueAt(of);
  const state = renewalState({ ...of, renewalDueAt: dueAt }, { alertDays: [] }, now);
  if (state === "fresh" || state === "due") return observe(at, undefined);
  return observe(at, {
    step: state,
    severity: state === "overdue" ? "warning" : "critical",
    title:
      state === "expired"
        ? `The certificate of ${of.deviceId} ${endWords(of.notAfter, now)}`
        : `The renewal of the certificate of ${of.deviceId} is overdue`,
    detail: `${of.deviceName} (${of.deviceId}, profile ${of.profileName}) renews by itself; it was due on ${instantWords(dueAt)}, and the certificate ${endWords(of.notAfter, now)}. ${overdueWords[state]}`,
    remedy:
      state === "expired"
        ? "Make a renewal ticket if the profile allows it, or issue a certificate on the page of the device and install it there."
        : "Ask the device to renew on the page of the certificate. If it does not answer, look at its log and at refused connections, and issue a certificate by hand in time.",
  });
}

/** A certificate that was issued after another one and that nobody has used. */
export type UnusedCertificate = {
  readonly tenantId: string;
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly issuedAt: Date;
};

/** The device has a new certificate since more than a day, and still uses the old one. */
export function rotationStalled(of: UnusedCertificate): Observation {
  const rule = "rotation-stalled";
  const at = { tenantId: of.tenantId, rule, subject: certificateSubject(of) } as const;
  return observe(at, {
    step: "",
    severity: "warning",
    title: `${of.deviceId} does not use its new certificate`,
    detail: `A new certificate was issued for ${of.deviceName} (${of.deviceId}) on ${instantWords(of.issuedAt)}. The device has not connected with it within a day; the old one goes on counting.`,
    remedy:
      "Look at the log of the device: it may not have stored the new certificate, or its clock may be behind. Then ask it to renew again.",
  });
}

/** Something of the installation or of an organisation that ends on a day. */
export type EndingThing = {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly notAfter: Date;
};

type EndingRule = {
  readonly rule: AlertRule;
  readonly kind: string;
  readonly days: readonly number[];
  readonly severity: { readonly warning: number; readonly critical: number };
  readonly path: (of: EndingThing) => string;
  readonly what: (of: EndingThing) => string;
  readonly detail: string;
  readonly remedy: string;
};

function ending(rule: EndingRule): (of: EndingThing, now: Date) => Observation {
  return (of, now) => {
    const subject = { kind: rule.kind, id: of.id, name: of.name, path: rule.path(of) };
    const at = { tenantId: of.tenantId, rule: rule.rule, subject };
    const step = reachedStep(of.notAfter, rule.days, now);
    if (step === undefined) return observe(at, undefined);
    const severity: Severity = endingSeverity(step, rule.severity);
    const title = `${rule.what(of)} ${endWords(of.notAfter, now)}`;
    return observe(at, { step, severity, title, detail: rule.detail, remedy: rule.remedy });
  };
}

const overYears = { warning: 180, critical: 30 } as const;

/** A CA of this installation: a year ahead, because its successor must overlap it. */
export const authorityEnding = ending({
  rule: "authority-ending",
  kind: "authority",
  days: authorityDays,
  severity: overYears,
  path: () => "/certificates/authorities",
  what: ({ name }) => `The CA ${name}`,
  detail: "When a CA ends, every certificate that it signed ends with it.",
  remedy:
    "Begin a new issuing CA, let devices renew from it, and keep the old one trusted until its last certificate is replaced.",
});

/** A CA that an organisation has registered. */
export const customerCaEnding = ending({
  rule: "customer-ca-ending",
  kind: "customer-ca",
  days: authorityDays,
  severity: overYears,
  path: () => "/onboard/groups",
  what: ({ name }) => `Your CA ${name}`,
  detail: "Devices with certificates of this CA cannot connect or enrol after that.",
  remedy: "Register the successor of the CA in the same enrolment group before that day.",
});

/** A root that some firmware has built in. */
export const trustAnchorEnding = ending({
  rule: "trust-anchor-ending",
  kind: "trust-anchor",
  days: authorityDays,
  severity: { warning: 365, critical: 90 },
  path: () => "/certificates/trust-anchors",
  what: ({ name }) => `The trust anchor ${name}`,
  detail: "Devices whose firmware has only this root built in trust no server after that.",
  remedy: "Bring firmware with the next root to those devices before that day.",
});

/** A claim certificate: devices enrol with it. */
export const claimEnding = ending({
  rule: "claim-ending",
  kind: "claim",
  days: unattendedDays,
  severity: { warning: 7, critical: 0 },
  path: () => "/onboard/groups",
  what: ({ name }) => `The claim certificate ${name}`,
  detail: "Devices that come out of the factory with it cannot enrol after that.",
  remedy: "Make a new claim certificate in the enrolment group and give it to the factory.",
});

/** A certificate of the listeners that people put there. */
const ownFileEnding = ending({
  rule: "server-certificate-ending",
  kind: "server-certificate",
  days: certificateDays,
  severity: { warning: 30, critical: 7 },
  path: () => "/certificates/tls",
  what: ({ name }) => `The certificate of the device listeners (${name})`,
  detail: "Devices refuse to connect to a server whose certificate has ended.",
  remedy: "Put the next certificate and its key in place; the listeners take it without a restart.",
});

/** A certificate of the listeners that renews itself long before. */
const renewingEnding = ending({
  rule: "server-certificate-ending",
  kind: "server-certificate",
  days: unattendedDays,
  severity: { warning: 14, critical: 7 },
  path: () => "/certificates/tls",
  what: ({ name }) => `The certificate of the device listeners (${name})`,
  detail:
    "It should have been renewed by now. Devices refuse a server whose certificate has ended.",
  remedy: "Look at the log of the worker: the signer, or the ACME server, may not have answered.",
});

/** @param of.source file, own-ca or acme */
export function serverCertificateEnding(
  of: EndingThing & { readonly source: string },
  now: Date,
): Observation {
  return of.source === "file" ? ownFileEnding(of, now) : renewingEnding(of, now);
}
