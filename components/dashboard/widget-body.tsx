"use client";
import dynamic from "next/dynamic";
import { useScope } from "#components/dashboard/dashboard-scope.tsx";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import type { WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { AlertsWidget } from "#components/dashboard/widgets/alerts-widget.tsx";
import { BarWidget } from "#components/dashboard/widgets/bar-widget.tsx";
import { GaugeWidget } from "#components/dashboard/widgets/gauge-widget.tsx";
import { HistogramWidget } from "#components/dashboard/widgets/histogram-widget.tsx";
import { LineWidget } from "#components/dashboard/widgets/line-widget.tsx";
import { PresenceWidget } from "#components/dashboard/widgets/presence-widget.tsx";
import { StatWidget } from "#components/dashboard/widgets/stat-widget.tsx";
import { TableWidget } from "#components/dashboard/widgets/table-widget.tsx";
import { TextWidget } from "#components/dashboard/widgets/text-widget.tsx";
import { TimelineWidget } from "#components/dashboard/widgets/timeline-widget.tsx";
import { Hollow } from "#components/dashboard/widgets/widget-states.tsx";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { isMeasured, type MeasuredWidget, type Widget } from "#server/domain/dashboard.ts";
import {
  missingOf,
  referencesOfWidget,
  type KnownReferences,
  type MissingReference,
} from "#server/domain/dashboard-references.ts";
import { resolveWidget } from "#server/domain/dashboard-variables.ts";

// The map brings the world's shapes: only dashboards that have one fetch them.
const FleetMap = dynamic(
  () => import("#components/map/fleet-map.tsx").then((file) => file.FleetMap),
  { ssr: false, loading: () => <Skeleton className="size-full opacity-40" /> },
);

/** What a widget shows, or why it cannot. */
export function WidgetBody({
  widget,
  active,
  height,
}: {
  readonly widget: Widget;
  readonly active: boolean;
  readonly height: number;
}) {
  const { variables, choice, references } = useScope();
  const { devices, metrics, missingVariables } = resolveWidget(widget, variables, choice.values);
  const gone = missingOf(referencesOfWidget(widget), references);
  const [variable] = missingVariables;
  if (variable !== undefined || devices === null) {
    const title = widgetText.missingVariable(variable ?? "");
    return <Hollow title={title} text={widgetText.missingMend} />;
  }
  if (isMeasured(widget) && metrics.length === 0) {
    return <Hollow title={widgetText.noMetrics} text={widgetText.noMetricsText} />;
  }
  if (isLost(widget, gone, references)) return <Gone missing={gone} />;
  return (
    <div className="flex h-full flex-col">
      {gone.length > 0 && <GoneNote missing={gone} />}
      <div className="min-h-0 flex-1">
        <Content
          input={{ widget, devices, metrics, active, height: height - (gone.length > 0 ? 20 : 0) }}
        />
      </div>
    </div>
  );
}

/** Whether nothing is left of what the widget names: of one kind everything is gone. */
function isLost(
  widget: Widget,
  gone: readonly MissingReference[],
  known: KnownReferences,
): boolean {
  if (gone.length === 0) return false;
  const named = referencesOfWidget(widget);
  const left = (kind: MissingReference["kind"]) =>
    named[kind].length === 0 || named[kind].some((id) => Object.hasOwn(known[kind], id));
  return !(["device", "group", "profile", "metric"] as const).every(left);
}

function sentenceOf({ kind, id }: MissingReference): string {
  return widgetText.missing(kind, kind === "metric" ? `“${id}”` : `(${id.slice(0, 8)}…)`);
}

function Gone({ missing }: { readonly missing: readonly MissingReference[] }) {
  const [first] = missing;
  if (first === undefined) return null;
  return (
    <div role="note" data-gone className="h-full">
      <Hollow title={sentenceOf(first)} text={widgetText.missingMend} />
    </div>
  );
}

function GoneNote({ missing }: { readonly missing: readonly MissingReference[] }) {
  const [first] = missing;
  if (first === undefined) return null;
  const more = missing.length - 1;
  return (
    <p data-gone className="truncate text-xs text-warn" title={missing.map(sentenceOf).join(" ")}>
      {sentenceOf(first)} {more > 0 && widgetText.missingMore(String(more))}
    </p>
  );
}

function Content({ input }: { readonly input: WidgetInput<Widget> }) {
  const { widget, ...rest } = input;
  if (isMeasured(widget)) return <Measured input={{ ...rest, widget }} />;
  switch (widget.kind) {
    case "map":
      return rest.active ? <FleetMap devices={rest.devices} /> : null;
    case "presence":
      return <PresenceWidget widget={widget} {...rest} />;
    case "alerts":
      return <AlertsWidget widget={widget} {...rest} />;
    case "text":
      return <TextWidget label={widgetTitle(widget)} text={widget.text} />;
  }
}

function Measured({ input }: { readonly input: WidgetInput<MeasuredWidget> }) {
  const { widget, ...rest } = input;
  switch (widget.kind) {
    case "line":
    case "area":
      return <LineWidget widget={widget} {...rest} />;
    case "bar":
      return <BarWidget widget={widget} {...rest} />;
    case "histogram":
      return <HistogramWidget widget={widget} {...rest} />;
    case "stat":
      return <StatWidget widget={widget} {...rest} />;
    case "gauge":
      return <GaugeWidget widget={widget} {...rest} />;
    case "timeline":
      return <TimelineWidget widget={widget} {...rest} />;
    case "table":
      return <TableWidget widget={widget} {...rest} />;
  }
}
