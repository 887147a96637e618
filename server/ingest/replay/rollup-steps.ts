import { hourNumbersOf } from "#server/db/merge-rollups.ts";
import type { ReplayStep } from "#server/ingest/replay/connection.ts";
import { HeldMinutes, minuteOf } from "#server/ingest/rollups/held-minutes.ts";
import type { Reading } from "#server/pipeline/run-stages.ts";
import { hoursOf, type Rollup } from "#server/telemetry/rollup.ts";

/**
 * Adds readings to their rollups in the transaction that stores them: a replay is slow enough for
 * that, and leaves nothing to be made good. Whoever computes one of the hours anew meanwhile is waited for.
 */
export function rollupSteps(readings: readonly Reading[]): readonly ReplayStep[] {
  const held = new HeldMinutes();
  for (const reading of readings) held.open(minuteOf(reading), { sequence: 0, now: 0 });
  held.add(readings, { xid: "0", now: 0 });
  const minutes = held.takeRollups().map(({ rollup }) => rollup);
  if (minutes.length === 0) return [];
  const rowsOf = (rollups: readonly Rollup[]): readonly string[] => [
    JSON.stringify(rollups.map((rollup) => rollup.toRow())),
  ];
  return [
    { statement: "lockHours", parameters: [JSON.stringify(hourNumbersOf(minutes))] },
    { statement: "mergeMinutes", parameters: rowsOf(minutes) },
    { statement: "mergeHours", parameters: rowsOf(hoursOf(minutes)) },
  ];
}
