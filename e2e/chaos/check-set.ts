/** What the devices did and what the database holds; each key names one message of one device. */
export type SetHistory = {
  /** Written to a socket at least once. */
  readonly attempted: ReadonlySet<string>;
  /** PUBACK read from the socket. */
  readonly acknowledged: ReadonlySet<string>;
  /** One entry for every stored row, repeated when stored twice. */
  readonly stored: readonly string[];
};

/** Verdict on a history. Messages that were attempted and never acknowledged may be either. */
export type SetVerdict = {
  /** Acknowledged and not stored: the promise is broken. */
  readonly lost: readonly string[];
  /** Stored more than once. */
  readonly duplicated: readonly string[];
  /** Stored though nobody sent it. */
  readonly unexpected: readonly string[];
};

/** Jepsen's set checker. Pure: the same history gives the same verdict. */
export function checkSet({ attempted, acknowledged, stored }: SetHistory): SetVerdict {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const key of stored) {
    if (once.has(key)) twice.add(key);
    once.add(key);
  }
  return {
    lost: [...acknowledged].filter((key) => !once.has(key)),
    duplicated: [...twice],
    unexpected: [...once].filter((key) => !attempted.has(key)),
  };
}
