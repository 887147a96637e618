import type { Severity } from "#server/domain/alert.ts";

const dayMs = 86_400_000;

/** Days before the end at which people are told of a CA or a root in firmware. */
export const authorityDays = [365, 180, 90, 30] as const;
/** Of what is exchanged within weeks. */
export const certificateDays = [30, 14, 7, 1] as const;
/** Of what renews itself long before: these mean that it did not. */
export const unattendedDays = [14, 7, 1] as const;

/**
 * The last step that is reached before an end; undefined when none is. Past the end it is `expired`.
 * @param days the steps in any order
 */
export function reachedStep(endsAt: Date, days: readonly number[], now: Date): string | undefined {
  const left = endsAt.getTime() - now.getTime();
  if (left <= 0) return "expired";
  const reached = days.filter((each) => left <= each * dayMs);
  return reached.length === 0 ? undefined : String(Math.min(...reached));
}

/**
 * How serious a step is.
 * @param at.warning at so many days or fewer it is a warning
 * @param at.critical at so many days or fewer somebody must act today
 */
export function endingSeverity(
  step: string,
  at: { readonly warning: number; readonly critical: number },
): Severity {
  const days = step === "expired" ? 0 : Number(step);
  if (days <= at.critical) return "critical";
  return days <= at.warning ? "warning" : "info";
}

/** An instant for a sentence: "3 March 2027, 09:30 UTC". */
export function instantWords(at: Date): string {
  const day = at.toLocaleDateString("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  return `${day}, ${at.toISOString().slice(11, 16)} UTC`;
}

/** "ends on …" or "ended on …". */
export function endWords(endsAt: Date, now: Date): string {
  return `${endsAt <= now ? "ended" : "ends"} on ${instantWords(endsAt)}`;
}
