import type { SeriesPoint } from "#components/charts/series.ts";

/** Values that came since the chart's series were read; the chart draws them without drawing the rest. */
export type LiveTail = {
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes with every value of these series, and not with those of others. */
  readonly version: (seriesIds: readonly string[]) => number;
  /** Ascending in time; the same array until a value of the series comes. */
  readonly points: (seriesId: string) => readonly SeriesPoint[];
  /** Lowest and highest value of these series so far as text ("1:7"); empty without any. */
  readonly extent: (seriesIds: readonly string[]) => string;
};

const keptPoints = 5_000;
const none: readonly SeriesPoint[] = [];

/** A tail that is fed by `push`; listeners hear once for each push. */
export function createLiveTail(): LiveTail & {
  readonly push: (values: readonly { readonly id: string; readonly point: SeriesPoint }[]) => void;
  /** Forgets what the series have by now: points before the instant of each. */
  readonly forget: (before: ReadonlyMap<string, number>) => void;
} {
  const listeners = new Set<() => void>();
  const series = new Map<string, readonly SeriesPoint[]>();
  /** Of each series, the last push or forgetting that changed it. */
  const changedBy = new Map<string, number>();
  let changes = 0;
  /** Of each series: charts of different units share a tail, and not an axis. */
  const extents = new Map<string, readonly [low: number, high: number]>();
  function widen(id: string, points: readonly SeriesPoint[]) {
    for (const { v } of points) {
      if (v === null) continue;
      const [low, high] = extents.get(id) ?? [v, v];
      extents.set(id, [Math.min(low, v), Math.max(high, v)]);
    }
  }
  function change(id: string, points: readonly SeriesPoint[]) {
    series.set(id, points);
    changedBy.set(id, changes + 1);
  }
  function tell() {
    changes += 1;
    for (const listener of listeners) listener();
  }
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    version: (ids) => Math.max(0, ...ids.map((id) => changedBy.get(id) ?? 0)),
    points: (id) => series.get(id) ?? none,
    extent: (ids) => {
      const ends = ids.flatMap((id) => extents.get(id) ?? []);
      return ends.length === 0 ? "" : `${Math.min(...ends)}:${Math.max(...ends)}`;
    },
    push: (values) => {
      if (values.length === 0) return;
      for (const { id, point } of values) {
        change(id, insert(series.get(id) ?? none, point));
        widen(id, [point]);
      }
      tell();
    },
    forget: (before) => {
      let changed = false;
      for (const [id, points] of series) {
        const until = before.get(id) ?? Number.NEGATIVE_INFINITY;
        const kept = points.filter(({ t }) => t > until);
        if (kept.length === points.length) continue;
        change(id, kept);
        changed = true;
      }
      if (!changed) return;
      extents.clear();
      for (const [id, points] of series) widen(id, points);
      tell();
    },
  };
}

/** Most come in order; back-fill finds its place, and the same instant again replaces. */
function insert(points: readonly SeriesPoint[], point: SeriesPoint): readonly SeriesPoint[] {
  const last = points.at(-1);
  if (last === undefined || last.t < point.t) {
    return [...(points.length < keptPoints ? points : points.slice(1)), point];
  }
  const at = points.findIndex((each) => each.t >= point.t);
  return points.toSpliced(at, points[at]?.t === point.t ? 1 : 0, point);
}
