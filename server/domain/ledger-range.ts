const minuteMs = 60_000;

/** Ranges of the ledger's page: how long, and in how many steps. */
export const ledgerRanges = {
  "1h": { minutes: 60, steps: 20 },
  "6h": { minutes: 360, steps: 24 },
  "24h": { minutes: 1440, steps: 24 },
  "7d": { minutes: 10_080, steps: 28 },
  "30d": { minutes: 43_200, steps: 30 },
} as const;
export type LedgerRangeKey = keyof typeof ledgerRanges;

export const ledgerRangeKeys = ["1h", "6h", "24h", "7d", "30d"] as const;

/** The range that an address names; a day where it names none. */
export function ledgerRangeKey(text: string | null | undefined): LedgerRangeKey {
  return ledgerRangeKeys.find((key) => key === text) ?? "24h";
}

export type LedgerRange = {
  /** Epoch milliseconds. */
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly steps: number;
  readonly stepMs: number;
};

/**
 * A range of whole steps that ends with the one that is filling now.
 * @param now epoch milliseconds
 */
export function ledgerRange(key: LedgerRangeKey, now: number): LedgerRange {
  const { minutes, steps } = ledgerRanges[key];
  const stepMs = (minutes / steps) * minuteMs;
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: to - steps * stepMs, to, steps, stepMs };
}
