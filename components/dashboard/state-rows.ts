import type { Units } from "#components/units/units-provider.tsx";
import type { StateAnswer, StateRun } from "#server/domain/telemetry-query.ts";

type Value = StateRun[2];

/** A piece of a row: from and to in shares (0 to 1) of the range. */
export type StatePiece = {
  readonly left: number;
  readonly width: number;
  readonly value: Value;
  readonly from: number;
  readonly to: number;
};

export type StateRow = {
  readonly id: string;
  readonly name: string;
  /** Of its values, where they are numbers; empty without one. */
  readonly unit: string;
  readonly pieces: readonly StatePiece[];
};

/** Rows that are drawn: more cannot be told apart. */
const mostRows = 30;

/** The runs of an answer as rows, numbers in the reader's unit. The newest run goes on to the end of what is shown. */
export function stateRows(
  { series }: StateAnswer,
  range: { readonly from: number; readonly to: number },
  units: Units,
): readonly StateRow[] {
  const span = range.to - range.from;
  const names = new Set(series.map(({ metric }) => metric));
  const share = (at: number) => Math.min(1, Math.max(0, (at - range.from) / span));
  return series.slice(0, mostRows).map(({ device, metric, unit: stored, runs }) => {
    const display = units(stored);
    return {
      id: `${device.id}:${metric}`,
      name: names.size > 1 ? `${device.name} · ${metric}` : device.name,
      unit: display.unit,
      pieces: runs.map(([from, to, value]) => ({
        left: share(from),
        width: Math.max(0, share(to) - share(from)),
        value: typeof value === "number" ? display.of(value) : value,
        from,
        to,
      })),
    };
  });
}

/** The values of all rows, each once, in the order in which they come: their colours follow it. */
export function statesIn(rows: readonly StateRow[]): readonly Value[] {
  return [...new Set(rows.flatMap(({ pieces }) => pieces.map(({ value }) => value)))].toSorted(
    (a, b) => Number(a === true) - Number(b === true) || String(a).localeCompare(String(b)),
  );
}
