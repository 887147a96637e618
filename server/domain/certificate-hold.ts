/** What decides whether a certificate may come back from a hold. */
export type HeldCertificate = {
  readonly activatedAt: Date | null;
  readonly notAfter: Date;
  /** The device's other certificates. */
  readonly others: readonly { readonly state: string; readonly notAfter: Date }[];
};

export type Release =
  | { readonly state: "issued" | "active" | "superseded"; readonly problem?: undefined }
  | { readonly problem: "expired" | "too-many"; readonly state?: undefined };

/** Certificates of one device that may be accepted at once. */
const usableAtOnce = 2;
const usable = ["issued", "active", "superseded"];

/**
 * The state in which a certificate comes back from a hold: one that was never used waits for its first
 * use, one that was used is in use again, unless another has taken its place.
 */
export function release(held: HeldCertificate, now: Date): Release {
  if (held.notAfter <= now) return { problem: "expired" };
  const others = held.others.filter(
    ({ state, notAfter }) => usable.includes(state) && notAfter > now,
  );
  if (others.length >= usableAtOnce) return { problem: "too-many" };
  if (held.activatedAt === null) return { state: "issued" };
  return { state: others.some(({ state }) => state === "active") ? "superseded" : "active" };
}
