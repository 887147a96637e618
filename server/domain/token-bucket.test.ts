import { describe, expect, it } from "vitest";
import { takeOne, type Bucket } from "#server/domain/token-bucket.ts";

const limits = { capacity: 3, perSecond: 0.5 };
const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);

describe("a rate limit", () => {
  it("allows a burst, then asks to wait, then refills up to the burst and no further", () => {
    let bucket: Bucket | undefined;
    const answers = [0, 0, 0, 0, 1, 2, 3, 4, 3600, 3600, 3600, 3600].map((second) => {
      const verdict = takeOne(bucket, limits, at(second));
      bucket = verdict.bucket;
      return verdict.allowed ? "yes" : verdict.retryAfterSeconds;
    });
    expect(answers).toEqual(["yes", "yes", "yes", 2, 1, "yes", 1, "yes", "yes", "yes", "yes", 2]);
  });

  it("does not fill by a clock that goes back", () => {
    const empty = { level: 0, at: at(100) };
    expect(takeOne(empty, limits, at(0)).allowed).toBe(false);
  });
});
