import { setTimeout as sleep } from "node:timers/promises";
import { takeOne, type Bucket } from "#server/domain/token-bucket.ts";

/** A little less than what the signer gives, so that single devices are served while a batch is made. */
export const signingPace = { capacity: 2_000, perSecond: 3_000 };

/** Waits until the next signature may be asked for. */
export type Pace = (signal: AbortSignal) => Promise<void>;

export function createPace(limits: typeof signingPace, now: () => Date): Pace {
  let bucket: Bucket | undefined;
  return async (signal) => {
    for (;;) {
      const verdict = takeOne(bucket, limits, now());
      bucket = verdict.bucket;
      if (verdict.allowed || signal.aborted) return;
      await sleep(20, undefined, { signal }).catch(() => undefined);
    }
  };
}
