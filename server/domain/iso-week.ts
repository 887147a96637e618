const dayMs = 86_400_000;

/** Number of the ISO 8601 week (1 to 53) in which the instant lies, by UTC. */
export function isoWeek(at: Date): number {
  const day = (at.getUTCDay() + 6) % 7;
  // The week belongs to the year of its Thursday.
  const thursday = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - day + 3);
  const firstOfYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - firstOfYear) / dayMs / 7) + 1;
}
