import type { Database } from "#server/db/client.ts";
import { findPkiAuthorities, type PkiAuthority } from "#server/db/find-pki-authorities.ts";

/** The CAs of the installation, as a worker knows them. */
export type Authorities = {
  /** Those that there are; while the database is away, those that there were. */
  all(): Promise<readonly PkiAuthority[]>;
  /** They changed, or may have. */
  forget(): void;
};

/** For how long they are not read again: whoever changes them says so. */
const freshMs = 60_000;

/** @param now epoch milliseconds */
export function createAuthorities(db: Database, now: () => number): Authorities {
  let known: readonly PkiAuthority[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<readonly PkiAuthority[]> | undefined;
  const read = async (): Promise<readonly PkiAuthority[]> => {
    const startedAt = now();
    try {
      known = await findPkiAuthorities(db);
      readAt = startedAt;
      return known;
    } catch (error) {
      if (known !== undefined) return known;
      throw error;
    } finally {
      reading = undefined;
    }
  };
  return {
    all: async () => {
      if (known !== undefined && now() - readAt < freshMs) return known;
      reading ??= read();
      return reading;
    },
    forget: () => {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}
