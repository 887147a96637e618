type Cached<T> = { readonly value: T | undefined; readonly until: number };

const freshMs = 60_000;
/** Short: a client that connects a moment before it is registered must not stay locked out. */
const absentFreshMs = 1_000;

/** What was read lately; the least recently used goes first. */
export type Memory<T> = {
  /** Undefined when nothing is remembered; `value` is undefined when it is remembered as absent. */
  get(key: string): { readonly value: T | undefined } | undefined;
  set(key: string, value: T | undefined): void;
  /** Forgets what fits, and everything that is remembered as absent. */
  forget(where: (value: T) => boolean): void;
  clear(): void;
};

/**
 * @param limit entries
 * @param now epoch milliseconds
 */
export function createMemory<T>(limit: number, now: () => number): Memory<T> {
  const entries = new Map<string, Cached<T>>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.until <= now()) return undefined;
      entries.set(key, entry);
      return entry;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, until: now() + (value === undefined ? absentFreshMs : freshMs) });
      if (entries.size <= limit) return;
      const oldest = entries.keys().next();
      if (oldest.done !== true) entries.delete(oldest.value);
    },
    forget(where) {
      for (const [key, { value }] of entries) {
        if (value === undefined || where(value)) entries.delete(key);
      }
    },
    clear: () => entries.clear(),
  };
}
