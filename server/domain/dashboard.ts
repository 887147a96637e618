import type { z } from "zod";
import type {
  dashboardContentSchema,
  dashboardRangeSchema,
  thresholdSchema,
  variableSchema,
  widgetDevicesSchema,
  widgetSchema,
} from "#server/domain/dashboard-schema.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import { isUuid } from "#server/domain/uuid.ts";

/** Columns of the grid, and the most rows that a dashboard may reach down. */
export const gridColumns = 12;
export const maxGridRows = 400;
export const maxWidgets = 60;
export const maxVariables = 12;
/** Characters of a dashboard's content as JSON. */
export const maxContentCharacters = 262_144;

/** Ranges that end now, as the URL and the content write them; milliseconds. */
export const rangeMs = {
  "5m": 300_000,
  "15m": 900_000,
  "1h": 3_600_000,
  "6h": 21_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
  "30d": 2_592_000_000,
  "1y": 31_536_000_000,
} as const;
export type RangeKey = keyof typeof rangeMs;
export const rangeKeys = Object.keys(rangeMs) as [RangeKey, ...RangeKey[]];

/** How often a dashboard asks again, seconds; 0: only when something on it is changed. */
export const refreshSeconds = [0, 5, 10, 30, 60, 300] as const;
export type RefreshSeconds = (typeof refreshSeconds)[number];

/** What a dashboard shows the time of: up to now, or between two instants (epoch milliseconds). */
export type DashboardRange = z.output<typeof dashboardRangeSchema>;

export const variableKinds = ["device", "group", "profile", "metric"] as const;
export type VariableKind = (typeof variableKinds)[number];

/** How many values a variable of the kind holds. */
export const maxVariableValues: Readonly<Record<VariableKind, number>> = {
  device: 20,
  group: 1,
  profile: 20,
  metric: 10,
};

/** Something that is chosen while one looks. Values are UUIDs, of a metric its name; none means all. */
export type DashboardVariable = z.output<typeof variableSchema>;

/** Whether a text can be a value of a variable of the kind; not whether such a thing exists. */
export function isVariableValue(kind: VariableKind, value: string): boolean {
  return kind === "metric" ? value !== "" && value.length <= 128 : isUuid(value);
}

/** Devices that a widget is about, or the variable that says which. */
export type WidgetDevices = z.output<typeof widgetDevicesSchema>;

export type WidgetThreshold = z.output<typeof thresholdSchema>;

export type Widget = z.output<typeof widgetSchema>;
export type WidgetKind = Widget["kind"];
export type WidgetOf<K extends WidgetKind> = Extract<Widget, { readonly kind: K }>;
/** Those that show metrics. */
export type MeasuredWidget = Extract<Widget, { readonly metrics: unknown }>;

/** What a dashboard shows: format 1. */
export type DashboardContent = z.output<typeof dashboardContentSchema>;

/** What a new dashboard starts from. */
export const emptyContent: DashboardContent = {
  format: 1,
  range: { last: "1h" },
  refreshSeconds: 30,
  variables: [],
  widgets: [],
};

/** Who may see a dashboard, and who may change it, besides whom it belongs to. */
export const sharings = ["private", "view", "edit"] as const;
export type DashboardSharing = (typeof sharings)[number];

/** Whether a widget shows metrics. */
export function isMeasured(widget: Widget): widget is MeasuredWidget {
  return "metrics" in widget;
}

/** How large a new widget of each kind is, in cells. */
export const widgetSize: Readonly<Record<WidgetKind, { readonly w: number; readonly h: number }>> =
  {
    line: { w: 6, h: 4 },
    area: { w: 6, h: 4 },
    bar: { w: 6, h: 4 },
    histogram: { w: 6, h: 4 },
    stat: { w: 3, h: 2 },
    gauge: { w: 3, h: 3 },
    timeline: { w: 12, h: 3 },
    table: { w: 6, h: 5 },
    map: { w: 6, h: 5 },
    presence: { w: 6, h: 3 },
    alerts: { w: 6, h: 4 },
    text: { w: 4, h: 2 },
  };

const about = { devices: { by: "filter", filter: everyDevice.filter } as WidgetDevices };
const measured = { ...about, metrics: [], metricVariable: null };
const drawn = { across: "each", aggregate: "mean" } as const;

/** What a new widget of each kind has besides its id, title and place. */
const widgetDefaults: {
  readonly [K in WidgetKind]: Omit<WidgetOf<K>, "id" | "title" | "x" | "y" | "w" | "h">;
} = {
  line: { ...measured, kind: "line", ...drawn, thresholds: [] },
  area: { ...measured, kind: "area", ...drawn, thresholds: [] },
  bar: { ...measured, kind: "bar", ...drawn, thresholds: [] },
  histogram: { ...measured, kind: "histogram", bins: 20 },
  stat: { ...measured, kind: "stat", aggregate: "last", trend: true, thresholds: [] },
  gauge: { ...measured, kind: "gauge", aggregate: "last", least: 0, most: 100, thresholds: [] },
  timeline: { ...measured, kind: "timeline" },
  table: { ...measured, kind: "table", limit: 20, thresholds: [] },
  map: { ...about, kind: "map" },
  presence: { ...about, kind: "presence" },
  alerts: { ...about, kind: "alerts", severities: [], limit: 10 },
  text: { kind: "text", text: "" },
};

type PartsOf<K extends WidgetKind> = Omit<WidgetOf<K>, "kind">;

/** What may be said of a new widget. */
export type WidgetParts = Partial<
  PartsOf<"line"> & PartsOf<"stat"> & PartsOf<"gauge"> & PartsOf<"alerts"> & PartsOf<"text">
>;

/** A new widget of a kind with its own defaults; what the kind has no use for is left out. */
export function newWidget(
  kind: WidgetKind,
  more: WidgetParts & Pick<Widget, "id" | "x" | "y">,
): Widget {
  const { id, title = "", x, y, w = widgetSize[kind].w, h = widgetSize[kind].h, ...rest } = more;
  const start = widgetDefaults[kind];
  const fitting = Object.entries(rest).filter(([name]) => name in start);
  // Only names of the kind's own parts are left, each with a value of the same type.
  return { id, title, x, y, w, h, ...start, ...Object.fromEntries(fitting) } as Widget;
}
