/** A bucket that refills evenly: bursts up to `capacity`, `perSecond` on average. */
export type Bucket = { readonly level: number; readonly at: Date };

export type BucketLimits = { readonly capacity: number; readonly perSecond: number };

export type BucketVerdict =
  | { readonly allowed: true; readonly bucket: Bucket }
  | { readonly allowed: false; readonly bucket: Bucket; readonly retryAfterSeconds: number };

/** Takes one from the bucket, or says after how many whole seconds there will be one. */
export function takeOne(
  bucket: Bucket | undefined,
  limits: BucketLimits,
  now: Date,
): BucketVerdict {
  const before = bucket ?? { level: limits.capacity, at: now };
  const elapsedSeconds = Math.max(0, (now.getTime() - before.at.getTime()) / 1000);
  const level = Math.min(limits.capacity, before.level + elapsedSeconds * limits.perSecond);
  if (level >= 1) return { allowed: true, bucket: { level: level - 1, at: now } };
  return {
    allowed: false,
    bucket: { level, at: now },
    retryAfterSeconds: Math.ceil((1 - level) / limits.perSecond),
  };
}
