import type { DashboardContent, Widget } from "#server/domain/dashboard.ts";

/** A dashboard as one of its versions has it. */
export type DashboardState = { readonly name: string; readonly content: DashboardContent };

const titleOf = (widget: Widget): string =>
  widget.title === "" ? `the ${widget.kind} widget` : `“${widget.title}”`;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What became different from `before` to `after`, in sentences. Empty: nothing. */
export function dashboardDifference(
  before: DashboardState,
  after: DashboardState,
): readonly string[] {
  const words: string[] = [];
  if (before.name !== after.name) words.push(`Renamed from “${before.name}” to “${after.name}”.`);
  words.push(...settingWords(before.content, after.content));
  words.push(...variableWords(before.content, after.content));
  const old = new Map(before.content.widgets.map((widget) => [widget.id, widget]));
  const now = new Set(after.content.widgets.map(({ id }) => id));
  for (const widget of after.content.widgets) {
    const was = old.get(widget.id);
    if (was === undefined) words.push(`Added ${titleOf(widget)}.`);
    else words.push(...widgetWords(was, widget));
  }
  for (const widget of before.content.widgets) {
    if (!now.has(widget.id)) words.push(`Removed ${titleOf(widget)}.`);
  }
  return words;
}

function settingWords(before: DashboardContent, after: DashboardContent): readonly string[] {
  const words: string[] = [];
  if (!same(before.range, after.range)) words.push("Changed the time range that it opens with.");
  if (before.refreshSeconds !== after.refreshSeconds) words.push("Changed how often it refreshes.");
  return words;
}

function variableWords(before: DashboardContent, after: DashboardContent): readonly string[] {
  const old = new Map(before.variables.map((variable) => [variable.name, variable]));
  const now = new Set(after.variables.map(({ name }) => name));
  return [
    ...after.variables.flatMap((variable) => {
      const was = old.get(variable.name);
      if (was === undefined) return [`Added the variable ${variable.name}.`];
      return same(was, variable) ? [] : [`Changed the variable ${variable.name}.`];
    }),
    ...before.variables
      .filter(({ name }) => !now.has(name))
      .map(({ name }) => `Removed the variable ${name}.`),
  ];
}

const places = new Set(["x", "y", "w", "h"]);
const partNames: Readonly<Record<string, string>> = {
  title: "title",
  devices: "devices",
  metrics: "metrics",
  metricVariable: "metrics",
  thresholds: "thresholds",
  text: "text",
};

function widgetWords(before: Widget, after: Widget): readonly string[] {
  if (before.kind !== after.kind) {
    return [`Turned ${titleOf(before)} from ${before.kind} into ${after.kind}.`];
  }
  const words: string[] = [];
  if (before.w !== after.w || before.h !== after.h) words.push(`Resized ${titleOf(after)}.`);
  else if (before.x !== after.x || before.y !== after.y) words.push(`Moved ${titleOf(after)}.`);
  const was = new Map<string, unknown>(Object.entries(before));
  const parts = Object.entries(after)
    .filter(([part, value]) => !places.has(part) && !same(was.get(part), value))
    .map(([part]) => partNames[part] ?? "options");
  if (parts.length > 0) {
    words.push(`Changed ${[...new Set(parts)].join(", ")} of ${titleOf(after)}.`);
  }
  return words;
}
