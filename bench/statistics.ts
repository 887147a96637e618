/** Middle value; of an even number the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * Value below which the share lies, linearly interpolated between neighbours.
 * @param share 0 to 1
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(position)] ?? Number.NaN;
  const upper = sorted[Math.ceil(position)] ?? Number.NaN;
  return lower + (upper - lower) * (position - Math.floor(position));
}

/** Median of the ratios round by round: what drifts between rounds drifts for both. */
export function medianRatio(numerator: readonly number[], denominator: readonly number[]): number {
  return median(numerator.map((value, round) => value / (denominator[round] ?? Number.NaN)));
}

/** Three significant digits: more would pretend a precision that a shared machine does not have. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
