/** Revoked for good; on hold; released from its hold; a hold that ended as a revocation. */
export const revocationStates = ["revoked", "held", "released", "replaced"] as const;
export type RevocationState = (typeof revocationStates)[number];

/** What the lists are narrowed to: a state, or certificates that are still shown to us. */
export const revocationChips = ["revoked", "held", "released", "trying"] as const;
export type RevocationChip = (typeof revocationChips)[number];
