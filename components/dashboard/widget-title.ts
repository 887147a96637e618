import { widgetNames } from "#components/strings/dashboard.ts";
import { isMeasured, type Widget } from "#server/domain/dashboard.ts";

/** What a widget is called: its title, else what it shows. */
export function widgetTitle(widget: Widget): string {
  if (widget.title !== "") return widget.title;
  if (isMeasured(widget) && widget.metrics.length > 0) return widget.metrics.join(", ");
  return widgetNames[widget.kind];
}
