/** What an installation keeps, as people think of it. */
export const storeNames = [
  "readings",
  "minutes",
  "hours",
  "messages",
  "latest",
  "dead_letters",
  "ledger",
  "presence",
  "connections",
  "certificates",
  "audit",
  "sessions",
  "devices",
  "other",
] as const;
export type StoreName = (typeof storeNames)[number];

/** A store as it was measured. */
export type StoreSize = {
  readonly store: StoreName;
  readonly bytes: number;
  readonly rows: number;
};

/** A measurement of a day. */
export type StoreSample = StoreSize & {
  /** ISO 8601 date. */
  readonly day: string;
};

/** Days of samples that growth is told from: longer ago says little of tomorrow. */
export const growthDays = 7;

/**
 * Bytes and rows that a store gains a day.
 * @param samples of one store, oldest first
 * @param now what it weighs now
 * @returns undefined while no sample of another day is there
 */
export function growthOf(
  samples: readonly StoreSample[],
  now: StoreSize & { readonly at: number },
): { readonly bytes: number; readonly rows: number } | undefined {
  const today = Math.floor(now.at / dayMs);
  const first = samples.find(({ day }) => {
    const age = today - Math.floor(Date.parse(day) / dayMs);
    return age >= 1 && age <= growthDays;
  });
  if (first === undefined) return undefined;
  // A sample is of the end of its day.
  const days = Math.max(1, now.at / dayMs - (Math.floor(Date.parse(first.day) / dayMs) + 1));
  return { bytes: (now.bytes - first.bytes) / days, rows: (now.rows - first.rows) / days };
}

const dayMs = 86_400_000;
