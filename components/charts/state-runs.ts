import type { SeriesPoint } from "#components/charts/series.ts";

/** A state and how long it held; epoch milliseconds. */
export type Run = { readonly from: number; readonly to: number; readonly state: string };

export type StateRow = {
  readonly id: string;
  readonly label: string;
  readonly runs: readonly Run[];
};

/** The states of several rows with their place among the colours: the most frequent first. */
export function stateColours(rows: readonly StateRow[]): ReadonlyMap<string, number> {
  const lasted = new Map<string, number>();
  for (const { runs } of rows) {
    for (const { state, from, to } of runs) {
      lasted.set(state, (lasted.get(state) ?? 0) + Math.max(to - from, 1));
    }
  }
  const states = [...lasted].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return new Map(states.map(([state], index) => [state, index]));
}

/** Points of a switch as runs; what lies further apart than `gapMs` does not belong together. */
export function runsOfSwitch(
  points: readonly SeriesPoint[],
  words: { readonly on: string; readonly off: string; readonly mixed: string },
  gapMs = Number.POSITIVE_INFINITY,
): readonly Run[] {
  const runs: { from: number; to: number; state: string }[] = [];
  for (const { t, v } of points) {
    if (v === null) continue;
    const state = v === 0 ? words.off : v === 1 ? words.on : words.mixed;
    const last = runs.at(-1);
    const goesOn = last !== undefined && t - last.to <= gapMs;
    if (goesOn) last.to = t;
    if (!goesOn || last.state !== state) runs.push({ from: t, to: t, state });
  }
  return runs;
}
