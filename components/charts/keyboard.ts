import type { TimeRange } from "#components/charts/series.ts";
import { panBy, zoomAround } from "#components/charts/view.ts";

/** What a key does to a chart. */
export type KeyAct =
  | { readonly kind: "point"; readonly at: number }
  | { readonly kind: "show"; readonly range: TimeRange }
  | { readonly kind: "annotate"; readonly at: number }
  | { readonly kind: "leave" };

/** Pointing moves by this share of the range; about eight pixels of a usual chart. */
const step = 0.01;
const panStep = 0.2;

type Where = {
  readonly range: TimeRange;
  /** What is pointed at, or the middle. */
  readonly at: number;
  readonly isPointing: boolean;
};

function stepBy({ range, at, isPointing }: Where, way: -1 | 1): KeyAct {
  const moved = isPointing ? at + way * step * (range.to - range.from) : at;
  return { kind: "point", at: Math.min(Math.max(moved, range.from), range.to) };
}

const zoom = ({ range, at }: Where, factor: number): KeyAct => ({
  kind: "show",
  range: zoomAround(range, at, factor),
});

const plain: Readonly<Record<string, (where: Where) => KeyAct | undefined>> = {
  ArrowLeft: (where) => stepBy(where, -1),
  ArrowRight: (where) => stepBy(where, 1),
  Home: ({ range }) => ({ kind: "point", at: range.from }),
  End: ({ range }) => ({ kind: "point", at: range.to }),
  "+": (where) => zoom(where, 0.5),
  "=": (where) => zoom(where, 0.5),
  "-": (where) => zoom(where, 2),
  n: ({ at }) => ({ kind: "annotate", at: Math.round(at) }),
  Escape: ({ isPointing }) => (isPointing ? { kind: "leave" } : undefined),
};

const withShift: typeof plain = {
  ArrowLeft: ({ range }) => ({ kind: "show", range: panBy(range, -panStep) }),
  ArrowRight: ({ range }) => ({ kind: "show", range: panBy(range, panStep) }),
  // On many keyboards these need Shift.
  "+": (where) => zoom(where, 0.5),
  _: (where) => zoom(where, 2),
};

/** What a key means where the range is shown and `at` is pointed at; undefined: nothing of ours. */
export function keyAct(
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  range: TimeRange,
  pointed: number | null,
): KeyAct | undefined {
  const at = pointed ?? (range.from + range.to) / 2;
  const keys = shiftKey ? withShift : plain;
  const act = Object.hasOwn(keys, key) ? keys[key] : undefined;
  return act?.({ range, at, isPointing: pointed !== null });
}
