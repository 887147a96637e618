/** Where a certificate stands, from what needs nothing to what is over. */
export const certificateStandings = [
  "valid",
  "not_used",
  "renew_soon",
  "due",
  "overdue",
  "critical",
  "expired",
  "suspended",
  "superseded",
  "retired",
  "revoked",
] as const;
export type CertificateStanding = (typeof certificateStandings)[number];

/** What the interface calls it. */
export const standingNames: Readonly<Record<CertificateStanding, string>> = {
  valid: "Valid",
  not_used: "Not yet used",
  renew_soon: "Renew soon",
  due: "Due for renewal",
  overdue: "Renewal overdue",
  critical: "Critical",
  expired: "Expired",
  suspended: "Suspended",
  superseded: "Superseded",
  retired: "Retired",
  revoked: "Revoked",
};

/** One sentence per standing. */
export const standingMeanings: Readonly<Record<CertificateStanding, string>> = {
  valid: "It counts, and nobody has to do anything yet.",
  not_used: "It was issued, and nobody has connected with it so far.",
  renew_soon: "People renew it, and the days on which they are told have begun.",
  due: "It is time: whoever holds it should ask for the next one by itself.",
  overdue: "The next one should be here by now. Find out why it is not.",
  critical: "So little is left that people must act.",
  expired: "It has run out. What shows it is refused.",
  suspended: "It is on hold: what shows it is refused until it is released.",
  superseded: "A newer one is in use; this one counts until its overlap ends.",
  retired: "It is done with, and nothing follows from its end.",
  revoked: "It is refused for good.",
};

/** Left out unless somebody asks for them: nothing follows from their end. */
export const quietStandings = ["superseded", "retired", "revoked"] as const;

/** Those of what counts now and runs out one day. */
export const livingStandings = [
  "valid",
  "not_used",
  "renew_soon",
  "due",
  "overdue",
  "critical",
] as const;

/** States as the registry keeps them; other kinds of certificate are translated to them. */
export type RegistryState =
  | "issued"
  | "active"
  | "superseded"
  | "retired"
  | "suspended"
  | "revoked";

/** What the standing of a certificate follows from. */
export type StandingFacts = {
  readonly state: RegistryState;
  readonly notAfter: Date;
  /** When it should be renewed by itself; null where people renew it. */
  readonly dueAt: Date | null;
  /** When a renewal that was due is overdue; null where people renew it. */
  readonly overdueAt: Date | null;
  /** From when on people should renew it; counts where they do. */
  readonly soonAt: Date;
  readonly criticalAt: Date;
};

/** The registry's word where it is final or says more than the time does. */
const byState = {
  revoked: "revoked",
  suspended: "suspended",
  retired: "retired",
  superseded: "superseded",
} as const;

/** Where a certificate stands now. The same as SQL is in server/db/certificate-standing-sql.ts. */
export function standingOf(facts: StandingFacts, now: Date): CertificateStanding {
  const { state, notAfter, dueAt, overdueAt } = facts;
  if (state !== "issued" && state !== "active") return byState[state];
  if (now >= notAfter) return "expired";
  if (state === "issued") return "not_used";
  if (now >= facts.criticalAt) return "critical";
  if (dueAt === null) return now >= facts.soonAt ? "renew_soon" : "valid";
  if (overdueAt !== null && now >= overdueAt) return "overdue";
  return now >= dueAt ? "due" : "valid";
}

/** How much of its life is gone, 0 to 1. */
export function lifeGone(
  { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date },
  now: Date,
): number {
  const whole = notAfter.getTime() - notBefore.getTime();
  if (whole <= 0) return 1;
  return Math.min(1, Math.max(0, (now.getTime() - notBefore.getTime()) / whole));
}

/** Who sees to it that another one follows in time; undefined when nobody does. */
export const renewalPlans = ["automatic", "campaign"] as const;
export type RenewalPlan = (typeof renewalPlans)[number];

/**
 * When a device is expected to be in contact next: now if it is connected, else at the next of its
 * regular times. Null for one that never was in contact.
 */
export function nextContactAt(
  device: {
    readonly connected: boolean;
    readonly lastContactAt: Date | null;
    readonly expectedContactSeconds: number;
  },
  now: Date,
): Date | null {
  const stepMs = device.expectedContactSeconds * 1_000;
  if (device.connected) return new Date(now.getTime() + stepMs);
  if (device.lastContactAt === null) return null;
  const since = Math.max(0, now.getTime() - device.lastContactAt.getTime());
  const times = Math.floor(since / stepMs) + 1;
  return new Date(device.lastContactAt.getTime() + times * stepMs);
}
