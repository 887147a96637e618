/** claim: printed on the device, for whoever has it in hand; transfer: told to one organisation. */
export const transferKinds = ["claim", "transfer"] as const;
export type TransferKind = (typeof transferKinds)[number];

/** How long an offer counts unless somebody says otherwise; days. */
export const defaultOfferDays: Readonly<Record<TransferKind, number>> = { claim: 365, transfer: 7 };
