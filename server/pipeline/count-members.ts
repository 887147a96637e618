/**
 * Counts the members of all objects in a value without cycles. Fewer than were written means that
 * one was written twice: a parser keeps the last and says nothing.
 * @returns NaN when a number is too large for a double
 */
export function countMembers(value: unknown): number {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const key in value) {
    count += 1 + countMembers((value as Readonly<Record<string, unknown>>)[key]);
  }
  return count;
}

/** Name of the member that holds a number too large for a double; undefined when none has a name. */
export function memberTooLarge(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const nested = memberTooLarge(inner);
    if (nested !== undefined) return nested;
    if (!Array.isArray(value) && Number.isNaN(countMembers(inner))) return key;
  }
  return undefined;
}
