import type { CertificatePolicy } from "#server/domain/profile-parts.ts";

/** How urgent it is that a certificate is renewed. */
export const renewalStates = ["fresh", "due", "overdue", "critical", "expired"] as const;
export type RenewalState = (typeof renewalStates)[number];

/** What the interface calls it. */
export const renewalStateNames: Readonly<Record<RenewalState, string>> = {
  fresh: "Not due yet",
  due: "Renewal due",
  overdue: "Renewal overdue",
  critical: "Renewal critical",
  expired: "Expired",
};

/** From when to when a certificate counts. */
export type Validity = { readonly notBefore: Date; readonly notAfter: Date };

const dueShare = 2 / 3;
/** Of the time until it is due: earlier or later by this at most. */
const jitterShare = 0.1;
/** Of the whole life: so long after it was due, a renewal is overdue. */
const overdueShare = 0.1;
/** Of the whole life: with so little left it is critical, who ever renews it. */
const criticalShare = 1 / 6;

const dayMs = 86_400_000;

function lifeMs({ notBefore, notAfter }: Validity): number {
  return notAfter.getTime() - notBefore.getTime();
}

/** FNV-1a: spreads the devices of a batch evenly, and each the same way every time. */
function unitOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  }
  // The last characters of names that differ there alone must move the high bits as well.
  hash = Math.imul(hash ^ (hash >>> 16), 0x7f_eb_35_2d) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_00_00_00_00;
}

/**
 * When a device that renews by itself should ask for its next certificate: at two thirds of the life
 * of the one it has, a tenth of that time earlier or later. The device decides which, so that a fleet
 * whose certificates were issued on one day does not ask on one day, and the answer is always the same.
 */
export function renewalDueAt(of: Validity & { readonly deviceUuid: string }): Date {
  const jitter = 1 + (unitOf(of.deviceUuid) * 2 - 1) * jitterShare;
  return new Date(Math.round(of.notBefore.getTime() + lifeMs(of) * dueShare * jitter));
}

/** When a renewal that was due then is overdue. */
export function overdueAt(of: Validity & { readonly renewalDueAt: Date }): Date {
  return new Date(Math.round(of.renewalDueAt.getTime() + lifeMs(of) * overdueShare));
}

/** When so little of the life is left that people must act. */
export function criticalAt(of: Validity): Date {
  return new Date(Math.round(of.notAfter.getTime() - lifeMs(of) * criticalShare));
}

/**
 * Where a certificate stands. One that the device renews by itself (`renewalDueAt` set) is due at its
 * own time; one that people renew is due from the first day on which they are told, and never overdue.
 */
export function renewalState(
  certificate: Validity & { readonly renewalDueAt: Date | null },
  policy: Pick<CertificatePolicy, "alertDays">,
  now: Date,
): RenewalState {
  const { notAfter } = certificate;
  if (now >= notAfter) return "expired";
  if (now >= criticalAt(certificate)) return "critical";
  const dueAt = certificate.renewalDueAt;
  if (dueAt === null) {
    const days = Math.max(...policy.alertDays);
    return notAfter.getTime() - now.getTime() <= days * dayMs ? "due" : "fresh";
  }
  if (now >= overdueAt({ ...certificate, renewalDueAt: dueAt })) return "overdue";
  return now >= dueAt ? "due" : "fresh";
}

/**
 * When a certificate that has been superseded is retired: after the overlap, and never later than it
 * ends by itself.
 */
export function retireAt(of: {
  readonly supersededAt: Date;
  readonly notAfter: Date;
  readonly overlapDays: number;
}): Date {
  const after = of.supersededAt.getTime() + of.overlapDays * dayMs;
  return new Date(Math.min(after, of.notAfter.getTime()));
}

/** The overlap of profiles that say nothing. */
export const usualOverlapDays = 7;

/** For so long a certificate may wait for its first use while another one of the device counts. */
export const unusedForMs = dayMs;

/** Days for which a ticket can be made. */
export const ticketDays = { min: 1, max: 90, usual: 7 } as const;

/** What the policy says of a certificate that has run out and is shown for its renewal. */
export type ExpiredRenewal =
  | { readonly may: "renew" }
  /** With a ticket that an operator made for the device. */
  | { readonly may: "with-ticket" }
  | { readonly may: "not"; readonly detail: string; readonly remedy: string };

/**
 * Whether a device may have a certificate renewed that has run out: never, for some days after its
 * end, or with an operator's ticket.
 */
export function judgeExpiredRenewal(
  of: { readonly deviceId: string; readonly notAfter: Date },
  policy: Pick<CertificatePolicy, "expiredRenewal" | "graceDays">,
  now: Date,
): ExpiredRenewal {
  const ended = `The certificate of ${of.deviceId} ran out at ${of.notAfter.toISOString()}`;
  const anew = `Issue a certificate on the page of ${of.deviceId}, or enrol the device anew.`;
  switch (policy.expiredRenewal) {
    case "ticket":
      return { may: "with-ticket" };
    case "off":
      return {
        may: "not",
        detail: `${ended}, and its profile does not let devices renew one that has run out.`,
        remedy: `${anew} The profile may allow it for some days, or with a ticket.`,
      };
    case "grace": {
      const until = new Date(of.notAfter.getTime() + policy.graceDays * dayMs);
      if (now <= until) return { may: "renew" };
      return {
        may: "not",
        detail: `${ended}; its profile lets devices renew it for ${policy.graceDays} days after that, until ${until.toISOString()}.`,
        remedy: anew,
      };
    }
  }
}
