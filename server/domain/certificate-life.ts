/** Where a device stands with its certificate. */
export const certificateLives = ["valid", "renew_soon", "expired", "none"] as const;
export type CertificateLife = (typeof certificateLives)[number];

/** What the interface calls it. */
export const certificateLifeNames: Readonly<Record<CertificateLife, string>> = {
  valid: "Valid",
  renew_soon: "Renew soon",
  expired: "Expired",
  none: "None",
};

/** A certificate with this many days left or fewer should be renewed. */
export const renewSoonDays = 30;

const dayMs = 86_400_000;

/** Whole days until the certificate ends; negative when it has ended. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / dayMs);
}

/** The bucket of a device whose current certificate ends at `notAfter`; null without a usable one. */
export function certificateLifeOf(notAfter: Date | null, now: Date): CertificateLife {
  if (notAfter === null) return "none";
  const leftMs = notAfter.getTime() - now.getTime();
  if (leftMs <= 0) return "expired";
  return leftMs <= renewSoonDays * dayMs ? "renew_soon" : "valid";
}
