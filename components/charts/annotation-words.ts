import type { Annotation } from "#components/charts/series.ts";
import { chartText } from "#components/strings/charts.ts";

const exact = new Intl.DateTimeFormat("sv-SE", {
  dateStyle: "short",
  timeStyle: "medium",
});

/** An instant in the viewer's zone: 2026-11-27 14:02:11. Only for what is drawn in the browser. */
export function instantText(at: number): string {
  return exact.format(at);
}

/** How an annotation is read out: its kind, when, and what. */
export function annotationWords({ kind, from, to, text }: Annotation): string {
  const time =
    to === undefined
      ? instantText(from)
      : to === null
        ? chartText.since(instantText(from))
        : chartText.markSpan(instantText(from), instantText(to));
  return chartText.mark(chartText.markKinds[kind], time, text);
}
