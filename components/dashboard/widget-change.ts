import {
  isMeasured,
  maxWidgets,
  newWidget,
  widgetSize,
  type DashboardContent,
  type Widget,
  type WidgetKind,
} from "#server/domain/dashboard.ts";
import { freePlace, settle } from "#server/domain/dashboard-layout.ts";

/** An id that no widget of the dashboard has. */
function freshId(widgets: readonly Widget[], kind: WidgetKind): string {
  const taken = new Set(widgets.map(({ id }) => id));
  let number = widgets.length + 1;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}

export function isFull({ widgets }: Pick<DashboardContent, "widgets">): boolean {
  return widgets.length >= maxWidgets;
}

/** One more widget at the first free place. It is about what the last one was about. */
export function withNewWidget(
  content: DashboardContent,
  kind: WidgetKind,
): { readonly widgets: Widget[]; readonly added: Widget } {
  const { widgets } = content;
  const last = widgets.findLast((widget) => widget.kind !== "text");
  const about = kind === "text" || last === undefined ? {} : { devices: last.devices };
  const id = freshId(widgets, kind);
  const added = newWidget(kind, { id, ...freePlace(widgets, widgetSize[kind]), ...about });
  return { widgets: [...widgets, added], added };
}

/** The same widget again at the first free place. */
export function withCopy(
  content: DashboardContent,
  widget: Widget,
): { readonly widgets: Widget[]; readonly added: Widget } {
  const { widgets } = content;
  const added = {
    ...widget,
    ...freePlace(widgets, widget),
    id: freshId(widgets, widget.kind),
  };
  return { widgets: [...widgets, added], added };
}

export function without(content: DashboardContent, { id }: Widget): Widget[] {
  return [...settle(content.widgets.filter((widget) => widget.id !== id))];
}

/** The widget as another kind: it keeps what both have. */
export function asKind(widget: Widget, kind: WidgetKind): Widget {
  if (widget.kind === kind) return widget;
  const { id, title, x, y, w, h } = widget;
  const place = { id, title, x, y, w, h };
  if (widget.kind === "text") return newWidget(kind, place);
  const about = { ...place, devices: widget.devices };
  if (!isMeasured(widget)) return newWidget(kind, about);
  const { metrics, metricVariable } = widget;
  const limits = "thresholds" in widget ? { thresholds: widget.thresholds } : {};
  return newWidget(kind, { ...about, metrics, metricVariable, ...limits });
}
