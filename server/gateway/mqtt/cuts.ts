/** Sessions that were cut because their certificate may not be used any more. */
export type Cut = {
  readonly sessions: number;
  /** When the last of them was cut, epoch milliseconds. */
  readonly at: number;
};

/** Remembers cuts by certificate until they are written down. */
export type Cuts = {
  /** @param sha256 of the session's certificate, lower-case hex */
  note(sha256: string, at: number): void;
  of(sha256: string): Cut | undefined;
  /** They are written. Those that came meanwhile stay. */
  forget(sha256: string, sessions: number): void;
};

/** Expired certificates are cut as well, and nobody asks for those. */
const remembered = 20_000;

export function createCuts(): Cuts {
  const cuts = new Map<string, Cut>();
  return {
    note: (sha256, at) => {
      const before = cuts.get(sha256)?.sessions ?? 0;
      cuts.delete(sha256);
      cuts.set(sha256, { sessions: before + 1, at });
      if (cuts.size <= remembered) return;
      const oldest = cuts.keys().next();
      if (oldest.done !== true) cuts.delete(oldest.value);
    },
    of: (sha256) => cuts.get(sha256),
    forget: (sha256, sessions) => {
      const cut = cuts.get(sha256);
      if (cut === undefined) return;
      const left = cut.sessions - sessions;
      if (left > 0) cuts.set(sha256, { sessions: left, at: cut.at });
      else cuts.delete(sha256);
    },
  };
}
