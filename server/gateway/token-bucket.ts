import { takeOne, type Bucket } from "#server/domain/token-bucket.ts";

/** A rate with a burst: each event takes a token, tokens come back with time. */
export type TokenBucket = {
  /** Takes a token; false when there is none. */
  take(): boolean;
};

/** A bucket that remembers its level. @param input.now epoch milliseconds */
export function createTokenBucket(input: {
  readonly perSecond: number;
  readonly burst: number;
  readonly now: () => number;
}): TokenBucket {
  const limits = { capacity: input.burst, perSecond: input.perSecond };
  let bucket: Bucket | undefined;
  return {
    take: () => {
      const verdict = takeOne(bucket, limits, new Date(input.now()));
      bucket = verdict.bucket;
      return verdict.allowed;
    },
  };
}
