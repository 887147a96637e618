/** A measurement at a time. */
export type Sample = { readonly atMs: number; readonly value: number };

/** Slope of the least-squares line, per hour; 0 for fewer than two samples. Pure. */
export function slopePerHour(samples: readonly Sample[]): number {
  if (samples.length < 2) return 0;
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const meanValue = samples.reduce((sum, { value }) => sum + value, 0) / samples.length;
  const spread = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
  const together = samples.reduce(
    (sum, { atMs, value }) => sum + (atMs - meanAt) * (value - meanValue),
    0,
  );
  return spread === 0 ? 0 : (together / spread) * 3_600_000;
}
