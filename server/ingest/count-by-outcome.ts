import type { Settlement } from "#server/pipeline/message.ts";

/** How often each outcome occurs; the keys are the outcome and, after a space, its reason. */
export function countByOutcome(settlements: readonly Settlement[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let plain = 0;
  for (const settlement of settlements) {
    if (settlement.outcome === "stored") {
      plain += 1;
      continue;
    }
    const reason = "reason" in settlement ? ` ${settlement.reason}` : "";
    const key = settlement.outcome + reason;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  if (plain > 0) counts.set("stored", plain);
  return counts;
}
