/** Values that hold for a time; the oldest go when there are too many. */
export type Expiring<T> = {
  get(key: string): T | undefined;
  set(key: string, value: T, forMs: number): void;
};

/**
 * @param limit entries
 * @param now epoch milliseconds
 */
export function createExpiring<T>(limit: number, now: () => number): Expiring<T> {
  const entries = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until > now()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set: (key, value, forMs) => {
      entries.delete(key);
      entries.set(key, { value, until: now() + forMs });
      const oldest = entries.keys().next();
      if (entries.size > limit && oldest.done !== true) entries.delete(oldest.value);
    },
  };
}
