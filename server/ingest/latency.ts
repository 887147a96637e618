/** Buckets grow by a quarter from 0.05 ms; 64 of them reach 80 s. */
const firstMs = 0.05;
const growth = 1.25;
const buckets = 64;

/** Distribution of durations in milliseconds, to a quarter's precision. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;

  add(ms: number): void {
    const bucket = ms <= firstMs ? 0 : Math.ceil(Math.log(ms / firstMs) / Math.log(growth));
    const index = Math.min(bucket, buckets - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  /** Upper end of the bucket that holds the share (0 to 1) of all; null when there is nothing. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.ceil(share * this.#total);
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return firstMs * growth ** index;
    }
    return null;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}
