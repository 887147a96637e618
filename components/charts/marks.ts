import type { Annotation } from "#components/charts/series.ts";

/** Annotations that lie so close together that they share a mark. */
export type Mark = {
  readonly id: string;
  /** Pixels. */
  readonly x: number;
  readonly annotations: readonly Annotation[];
};

/** A mark and the number beside one that stands for several. */
const closePixels = 20;
const heaviness = ["idle", "ok", "accent", "warn", "bad"] as const;

/** The heaviest tone of a mark's annotations. */
export function toneOf({ annotations }: Mark): Annotation["tone"] {
  return annotations.reduce<Annotation["tone"]>(
    (heaviest, { tone }) =>
      heaviness.indexOf(tone) > heaviness.indexOf(heaviest) ? tone : heaviest,
    "idle",
  );
}

/**
 * Marks for annotations, left to right. One that began before the left edge stands at the edge when
 * it goes on; what lies outside has none.
 */
export function marksOf(
  annotations: readonly Annotation[],
  x: (t: number) => number,
  [left, right]: readonly [number, number],
): readonly Mark[] {
  const placed = annotations
    .flatMap((annotation) => {
      const from = x(annotation.from);
      const to = endOf(annotation, x, right);
      if (from > right || to < left) return [];
      return [{ annotation, x: Math.max(from, left) }];
    })
    .toSorted((a, b) => a.x - b.x);
  const marks: { id: string; x: number; annotations: Annotation[] }[] = [];
  for (const { annotation, x: at } of placed) {
    const last = marks.at(-1);
    if (last !== undefined && at - last.x < closePixels) last.annotations.push(annotation);
    else marks.push({ id: annotation.id, x: at, annotations: [annotation] });
  }
  return marks;
}

/** Where an annotation ends in pixels: an instant where it began, one without an end at the edge. */
export function endOf({ from, to }: Annotation, x: (t: number) => number, right: number): number {
  if (to === undefined) return x(from);
  return to === null ? right : Math.min(x(to), right);
}
