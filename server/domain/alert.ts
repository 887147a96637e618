/** How soon somebody should act: not now, within days, today. */
export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

export const severityNames: Readonly<Record<Severity, string>> = {
  info: "Info",
  warning: "Warning",
  critical: "Critical",
};

/** Open: nobody has seen it. Acknowledged: somebody has. Resolved: its cause is gone. */
export const alertStates = ["open", "acknowledged", "resolved"] as const;
export type AlertState = (typeof alertStates)[number];

export const alertStateNames: Readonly<Record<AlertState, string>> = {
  open: "Open",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
};

/** What is looked for. The names are part of the interface: webhooks and filters use them. */
export const alertRules = [
  "certificate-ending",
  "renewal-overdue",
  "rotation-stalled",
  "authority-ending",
  "crl-late",
  "server-certificate-ending",
  "claim-ending",
  "customer-ca-ending",
  "trust-anchor-ending",
  "shared-key",
  "weak-key",
  "key-sunset",
  "two-places",
  "clock-off",
  "revoked-trying",
  "campaign-halted",
  "tls-wrong",
  "root-online",
] as const;
export type AlertRule = (typeof alertRules)[number];

type RuleWords = {
  readonly name: string;
  readonly meaning: string;
  /**
   * For what comes and goes: so many days after it was seen last, the alert is resolved, and a person
   * may resolve it before. Absent for what lasts: then the alert ends when its cause is gone.
   */
  readonly quietDays?: number;
};

/** The rules in words. */
export const ruleWords: Readonly<Record<AlertRule, RuleWords>> = {
  "certificate-ending": {
    name: "Certificate ending",
    meaning: "A device's certificate that people renew comes to its end.",
  },
  "renewal-overdue": {
    name: "Renewal overdue",
    meaning: "A device that renews its certificate by itself has not done so.",
  },
  "rotation-stalled": {
    name: "Rotation stalled",
    meaning: "A device has a new certificate and has not connected with it within a day.",
  },
  "authority-ending": {
    name: "CA ending",
    meaning: "A CA of this installation comes to its end.",
  },
  "crl-late": {
    name: "Revocation list late",
    meaning: "A list of revoked certificates is not published anew in time.",
  },
  "server-certificate-ending": {
    name: "Server certificate ending",
    meaning: "The certificate of the device listeners comes to its end.",
  },
  "claim-ending": {
    name: "Claim certificate ending",
    meaning: "A claim certificate, with which devices enrol, comes to its end.",
  },
  "customer-ca-ending": {
    name: "Customer CA ending",
    meaning: "A registered CA of your own comes to its end.",
  },
  "trust-anchor-ending": {
    name: "Trust anchor ending",
    meaning: "A root that firmware has built in comes to its end.",
  },
  "shared-key": {
    name: "Key of two devices",
    meaning: "Two devices have certificates with the same key.",
  },
  "weak-key": {
    name: "Weak key",
    meaning: "Devices have RSA keys of less than 2048 bits.",
  },
  "key-sunset": {
    name: "Key good until 2030",
    meaning:
      "Devices have RSA keys of less than 3072 bits, which NIST SP 800-57 lets count through 2030.",
  },
  "two-places": {
    name: "In two places at once",
    meaning: "One certificate is used from two addresses by turns.",
    quietDays: 1,
  },
  "clock-off": {
    name: "Clock off",
    meaning: "A device finds certificates not valid because its clock is wrong.",
    quietDays: 1,
  },
  "revoked-trying": {
    name: "Revoked, still trying",
    meaning: "Somebody goes on connecting with a revoked certificate.",
    quietDays: 7,
  },
  "campaign-halted": {
    name: "Campaign halted",
    meaning: "A rotation campaign stopped by itself.",
  },
  "tls-wrong": {
    name: "TLS not as configured",
    meaning: "A listener answered the self-probe in another way than its profile says.",
  },
  "root-online": {
    name: "Root key online",
    meaning: "The private key of the root CA is on this server.",
  },
};

/** What an alert is about, and where in the console it is. */
export type AlertSubject = {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** Null where it has no page. */
  readonly path: string | null;
};

/** Something that holds now and that a person should know. */
export type Finding = {
  readonly tenantId: string;
  readonly rule: AlertRule;
  readonly subject: AlertSubject;
  /** The step that is reached: "30", "14", … days, "expired", or a word of the rule; empty where there is one. */
  readonly step: string;
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  /** When it was seen last, for what comes and goes. */
  readonly seenAt: Date | null;
};

/** What of a finding says which alert it belongs to. */
export type AlertKey = {
  readonly tenantId: string;
  readonly rule: AlertRule;
  readonly subjectKind: string;
  readonly subjectId: string;
};

/** What a rule saw of a subject. Without a finding it is near: an alert of before stays as it is. */
export type Observation = { readonly key: AlertKey; readonly finding: Finding | undefined };

const wordRanks: Readonly<Record<string, number>> = {
  "": 0,
  overdue: 1,
  late: 1,
  failed: 1,
  critical: 2,
  missing: 2,
  wrong: 2,
  expired: 10_000,
};

/** Which of two steps of a rule is the later one: the greater. Days count down. */
export function stepRank(step: string): number {
  return /^\d{1,4}$/.test(step) ? 5000 - Number(step) : (wordRanks[step] ?? 0);
}

/** A step in words. */
export function stepWords(step: string): string {
  if (/^\d{1,4}$/.test(step)) return step === "1" ? "1 day" : `${step} days`;
  return step === "" ? "" : step.charAt(0).toUpperCase() + step.slice(1);
}
