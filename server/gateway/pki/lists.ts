import type { Database } from "#server/db/client.ts";
import { readNewestList, type StoredList } from "#server/db/read-revocation-list.ts";

/** The newest lists of revoked certificates, kept in memory: they are asked for often. */
export type ListStore = {
  /**
   * While the database is away, the newest that was seen.
   * @throws what the database throws when none was
   */
  newest(issuerSha256: string, kind: "full" | "delta"): Promise<StoredList | undefined>;
  /** There may be newer ones. */
  forget(): void;
};

/** How often the database is asked whether there is a newer one. */
const freshMs = 1_000;

type Kept = { list: StoredList | undefined; readAt: number; reading: Promise<void> | undefined };

/** @param now epoch milliseconds */
export function createListStore(db: Database, now: () => number): ListStore {
  const kept = new Map<string, Kept>();
  const refresh = async (key: string, issuerSha256: string, kind: "full" | "delta") => {
    const own = kept.get(key) ?? {
      list: undefined,
      readAt: Number.NEGATIVE_INFINITY,
      reading: undefined,
    };
    kept.set(key, own);
    const startedAt = now();
    try {
      const input = { issuerSha256, kind, after: own.list?.number };
      own.list = (await readNewestList(db, input)) ?? own.list;
      own.readAt = startedAt;
    } catch (error) {
      if (own.list === undefined) throw error;
    } finally {
      own.reading = undefined;
    }
  };
  return {
    newest: async (issuerSha256, kind) => {
      const key = `${issuerSha256}-${kind}`;
      const own = kept.get(key);
      if (own === undefined || Math.abs(now() - own.readAt) >= freshMs) {
        const reading = own?.reading ?? refresh(key, issuerSha256, kind);
        const entry = kept.get(key);
        if (entry !== undefined) entry.reading = reading;
        await reading;
      }
      return kept.get(key)?.list;
    },
    forget: () => {
      for (const own of kept.values()) own.readAt = Number.NEGATIVE_INFINITY;
    },
  };
}
