/** The two keys of a device with which SAS tokens are made; one can be replaced while the other counts. */
export const sasSlots = ["primary", "secondary"] as const;
export type SasSlot = (typeof sasSlots)[number];

/** Sizes of a SAS key in bytes; the bounds are Azure's, whose devices bring their keys along. */
export const sasKeyBytes = { min: 16, max: 64, made: 32 } as const;

/** The registry's kind for a slot. */
export function credentialKindOf(slot: SasSlot): "sas-primary" | "sas-secondary" {
  return `sas-${slot}`;
}
