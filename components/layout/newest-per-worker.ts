import type { LiveFleet } from "#server/domain/live.ts";

const goneAfterMs = 5_000;

/** The newest second of every worker; one that has said nothing for 5 s is left out. */
export function newestPerWorker(
  known: readonly LiveFleet[],
  heard: LiveFleet,
): readonly LiveFleet[] {
  const others = known.filter(
    (each) => each.workerId !== heard.workerId && heard.at - each.at < goneAfterMs,
  );
  return [...others, heard];
}
