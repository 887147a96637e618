/** A rate with a burst: each event takes a token, tokens come back with time. */
export type TokenBucket = {
  /** Takes a token; false when there is none. */
  take(): boolean;
};

/** @param now epoch milliseconds */
export function createTokenBucket(input: {
  readonly perSecond: number;
  readonly burst: number;
  readonly now: () => number;
}): TokenBucket {
  let tokens = input.burst;
  let at = input.now();
  return {
    take: () => {
      const now = input.now();
      // A clock that was set back adds nothing and takes nothing away.
      const elapsed = Math.max(0, now - at);
      tokens = Math.min(input.burst, tokens + (elapsed / 1_000) * input.perSecond);
      at = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
