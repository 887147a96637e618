import type { QueryClient } from "@tanstack/react-query";

/** What was read so shortly before the stream began misses nothing to speak of. */
const freshMs = 1_000;

/**
 * Asks the store again for telemetry that was read before a stream began: what happened while there
 * was none is there, and nowhere else.
 * @param at when it began, epoch milliseconds
 */
export function readMissedTelemetry(client: QueryClient, at: number): void {
  void client.invalidateQueries({
    queryKey: ["telemetry"],
    predicate: ({ state }) => at - state.dataUpdatedAt > freshMs,
  });
}
