const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** A number of seconds as its largest whole unit: "4 h", "5 min", "90 s". */
export function durationWords(seconds: number): string {
  const unit = units.find(([, size]) => seconds >= size && seconds % size === 0);
  if (unit !== undefined) return `${seconds / unit[1]}\u00a0${unit[0]}`;
  return `${seconds}\u00a0s`;
}
